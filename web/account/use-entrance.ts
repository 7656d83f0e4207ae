import { useCallback, useEffect, useState } from "react";
import type { SignInWays } from "#contract/accounts/account";
import { createApi } from "../api/api-context.ts";
import { routes } from "../api/routes.ts";
import { forgetToken, readToken, saveToken } from "../api/session.ts";

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
  /** With a token that was entered; without one, when a cookie was just given. */
  enter: (token?: string) => void;
  /** As the owner, at the machine itself. */
  enterLocally: () => void;
  leave: (refused: boolean) => void;
}

const outside = () => createApi(undefined, () => undefined);

/** Tries what needs no asking: this machine's own page is the owner's, and a cookie may be there from before. */
async function tryToEnter(): Promise<Entrance | null> {
  const ways = await outside().call(routes.getSignInWays);
  if (ways.local) {
    const { token } = await outside().call(routes.signInLocally);
    saveToken(window.localStorage, token);
    return { kind: "in", token };
  }
  await outside().call(routes.getAccount);
  return { kind: "in", token: undefined };
}

async function findEntrance({ refused, tries }: { refused: boolean; tries: boolean }): Promise<Entrance> {
  const entered = tries ? await tryToEnter().catch(() => null) : null;
  if (entered !== null) return entered;
  const ways = await outside()
    .call(routes.getSignInWays)
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
  const enter = useCallback((token?: string) => {
    if (token !== undefined) saveToken(window.localStorage, token);
    setEntrance({ kind: "in", token });
  }, []);
  const leave = useCallback((refused: boolean) => {
    forgetToken(window.localStorage);
    if (!refused) {
      void outside()
        .call(routes.logOut)
        .catch(() => undefined);
    }
    setEntrance({ kind: "asking", refused, tries: false });
  }, []);
  const enterLocally = useCallback(() => setEntrance({ kind: "asking", refused: false, tries: true }), []);
  return { entrance, enter, enterLocally, leave };
}
