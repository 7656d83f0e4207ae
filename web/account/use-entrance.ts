import { useCallback, useEffect, useState } from "react";
import type { SignInWays } from "#contract/accounts/account";
import { accountRoutes } from "#contract/accounts/routes";
import { forgetToken, forgetWorkspace, readToken, saveToken } from "../api/session.ts";
import { askAsPerson } from "./ask-as-person.ts";

/**
 * Whether this browser is let in: by a token that it keeps, or by the session's cookie, which the page cannot see.
 * `refused`: what it had is not accepted any more.
 */
export type Entrance =
  | { kind: "asking"; refused: boolean; tries: boolean }
  | { kind: "out"; refused: boolean; ways: SignInWays | null }
  | { kind: "in"; token: string | undefined };

/** How the page gets in and out. */
export interface EntranceDoor {
  entrance: Entrance;
  enterByToken: (token: string) => void;
  /** When a session's cookie was just given. */
  enter: () => void;
  /** As the owner, at the machine itself. */
  enterLocally: () => void;
  leave: (refused: boolean) => void;
}

/**
 * Tries what needs no asking: a cookie may be there from before, and this machine's own page is the owner's. Who signed
 * in as themselves stays so, on their own machine too.
 */
async function tryToEnter(): Promise<Entrance> {
  const account = await askAsPerson()
    .call(accountRoutes.getAccount)
    .catch(() => null);
  if (account !== null) return { kind: "in", token: undefined };
  const { token } = await askAsPerson().call(accountRoutes.signInLocally);
  saveToken(window.localStorage, token);
  return { kind: "in", token };
}

async function findEntrance({ refused, tries }: { refused: boolean; tries: boolean }): Promise<Entrance> {
  const entered = tries ? await tryToEnter().catch(() => null) : null;
  if (entered !== null) return entered;
  const ways = await askAsPerson()
    .call(accountRoutes.getSignInWays)
    .catch(() => null);
  return { kind: "out", refused, ways };
}

const kept = (): Entrance => {
  const token = readToken(window.localStorage);
  return token === undefined ? { kind: "asking", refused: false, tries: true } : { kind: "in", token };
};

/** Whether this browser is in, from the first moment on; a sign-out stays one until the person enters again. */
export function useEntrance(): EntranceDoor {
  const [entrance, setEntrance] = useState<Entrance>(kept);
  useEffect(() => {
    if (entrance.kind !== "asking") return undefined;
    let isStale = false;
    void findEntrance(entrance).then((found) => {
      if (!isStale) setEntrance(found);
    });
    return () => {
      isStale = true;
    };
  }, [entrance]);
  const enterByToken = useCallback((token: string) => {
    saveToken(window.localStorage, token);
    setEntrance({ kind: "in", token });
  }, []);
  const enter = useCallback(() => setEntrance({ kind: "in", token: undefined }), []);
  const leave = useCallback((refused: boolean) => {
    forgetToken(window.localStorage);
    forgetWorkspace(window.localStorage);
    if (!refused) {
      void askAsPerson()
        .call(accountRoutes.logOut)
        .catch(() => undefined);
    }
    setEntrance({ kind: "asking", refused, tries: false });
  }, []);
  const enterLocally = useCallback(() => setEntrance({ kind: "asking", refused: false, tries: true }), []);
  return { entrance, enterByToken, enter, enterLocally, leave };
}
