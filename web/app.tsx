import type { QueryClient } from "@tanstack/react-query";
import { QueryClientProvider } from "@tanstack/react-query";
import { lazy, Suspense, useCallback, useEffect, useMemo, useState } from "react";
import { Router } from "wouter";
import type { AroundNavHandler } from "wouter";
import { AccountPages } from "./account/account-pages.tsx";
import { useEntrance } from "./account/use-entrance.ts";
import { ApiContext, createApi } from "./api/api-context.ts";
import type { Api } from "./api/api-context.ts";
import { readToken, readWorkspace, takeTokenFromAddress } from "./api/session.ts";
import { createQueries } from "./api/queries.ts";
import { Said } from "./parts/said.tsx";
import { Skeleton } from "./parts/skeleton.tsx";
import { Page } from "./shell/page-switch.tsx";
import { SideBar } from "./shell/side-bar.tsx";

/** Who is let in already needs none of what asks who they are. */
const SignInPage = lazy(async () => ({ default: (await import("./pages/sign-in-page.tsx")).SignInPage }));
const SwitchPage = lazy(async () => ({ default: (await import("./pages/switch-page.tsx")).SwitchPage }));

/** A new page begins at its top; going back finds the place where one was. */
const goToTop: AroundNavHandler = (navigate, to, options) => {
  navigate(to, options);
  window.scrollTo(0, 0);
};

/**
 * The whole app: the sign-in page for whoever is not let in, else the page that the address names. `offeredToken` is one
 * that the link brought beside the one that is kept; which of the two is used is asked first.
 */
export function App({ offeredToken }: { offeredToken: string | undefined }) {
  const { entrance, enterByToken, enter, enterLocally, leave } = useEntrance();
  const [offered, setOffered] = useState(offeredToken);
  const enterWith = useCallback(
    (token: string) => {
      setOffered(undefined);
      enterByToken(token.trim());
    },
    [enterByToken],
  );
  // A sign-in link that is opened where the page is already changes the address and loads nothing.
  useEffect(() => {
    function takeToken(): void {
      setOffered(takeTokenFromAddress(window.location, window.history, window.localStorage));
      const token = readToken(window.localStorage);
      if (token !== undefined) enterByToken(token);
    }
    window.addEventListener("hashchange", takeToken);
    return () => window.removeEventListener("hashchange", takeToken);
  }, [enterByToken]);
  const token = entrance.kind === "in" ? entrance.token : undefined;
  const { api, queries } = useMemo(
    () => ({
      api: createApi(
        token,
        () => leave(true),
        token === undefined ? readWorkspace(window.localStorage) : undefined,
      ),
      queries: createQueries(),
    }),
    [token, leave],
  );
  const goIn = useCallback(() => {
    window.history.replaceState(null, "", "/");
    enter();
  }, [enter]);

  return (
    <AccountPages onSignedIn={goIn}>
      {entrance.kind === "asking" && <Skeleton rows={3} label="Looking who is there" />}
      <Suspense fallback={<Skeleton rows={3} label="Loading the sign-in" />}>
        {entrance.kind === "out" && (
          <SignInPage
            refused={entrance.refused}
            ways={entrance.ways}
            onToken={enterWith}
            onSignedIn={enter}
            onLocal={enterLocally}
          />
        )}
        {entrance.kind === "in" && offered !== undefined && (
          <SwitchPage onKeep={() => setOffered(undefined)} onSwitch={() => enterWith(offered)} />
        )}
      </Suspense>
      {entrance.kind === "in" && offered === undefined && (
        <SignedIn
          api={api}
          queries={queries}
          hasSession={token === undefined}
          onSignOut={() => leave(false)}
        />
      )}
    </AccountPages>
  );
}

interface SignedInProps {
  api: Api;
  queries: QueryClient;
  /** A person is signed in, not a token. */
  hasSession: boolean;
  onSignOut: () => void;
}

/** What whoever was let in sees: where they can go, and the page that the address names. */
function SignedIn({ api, queries, hasSession, onSignOut }: SignedInProps) {
  return (
    <QueryClientProvider client={queries}>
      <ApiContext value={api}>
        <Router aroundNav={goToTop}>
          <a href="#main" className="skip-link">
            Skip to the page
          </a>
          <Said>
            <div className="app">
              <SideBar hasSession={hasSession} onSignOut={onSignOut} />
              <main id="main" tabIndex={-1}>
                <Page />
              </main>
            </div>
          </Said>
        </Router>
      </ApiContext>
    </QueryClientProvider>
  );
}
