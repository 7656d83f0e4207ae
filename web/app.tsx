import type { QueryClient } from "@tanstack/react-query";
import { QueryClientProvider } from "@tanstack/react-query";
import { lazy, Suspense, useCallback, useEffect, useMemo, useState } from "react";
import { Link, Route, Router, Switch } from "wouter";
import type { AroundNavHandler } from "wouter";
import { AccountPages } from "./account/account-pages.tsx";
import { useEntrance } from "./account/use-entrance.ts";
import { WorkspaceChoice } from "./account/workspace-choice.tsx";
import { ApiContext, createApi } from "./api/api-context.ts";
import type { Api } from "./api/api-context.ts";
import { readToken, readWorkspace, takeTokenFromAddress } from "./api/session.ts";
import { createQueries } from "./api/queries.ts";
import { HomePage } from "./pages/home-page.tsx";
import { MissingPage } from "./pages/missing-page.tsx";
import { RunPage } from "./pages/run-page.tsx";
import { SignInPage } from "./pages/sign-in-page.tsx";
import { SwitchPage } from "./pages/switch-page.tsx";
import { TerminalPage } from "./pages/terminal-page.tsx";
import { Skeleton } from "./parts/skeleton.tsx";
import { WorkerPage } from "./pages/worker-page.tsx";

const AccountPage = lazy(async () => ({ default: (await import("./account/account-page.tsx")).AccountPage }));
const ConnectPage = lazy(async () => ({ default: (await import("./pages/connect-page.tsx")).ConnectPage }));
const InvitePage = lazy(async () => ({ default: (await import("./account/invite-page.tsx")).InvitePage }));

/** The page that the address names. */
export function Page() {
  return (
    <Switch>
      <Route path="/">
        <HomePage />
      </Route>
      <Route path="/workers/:worker">{({ worker }) => <WorkerPage key={worker} worker={worker} />}</Route>
      <Route path="/runs/:run">{({ run }) => <RunPage key={run} run={run} />}</Route>
      <Route path="/cli-auth">
        <TerminalPage />
      </Route>
      <Route path="/account">
        <Suspense fallback={<Skeleton rows={3} label="Loading the account" />}>
          <AccountPage />
        </Suspense>
      </Route>
      <Route path="/connect">
        <Suspense fallback={<Skeleton rows={3} label="Loading what is asked" />}>
          <ConnectPage />
        </Suspense>
      </Route>
      <Route path="/invite">
        <Suspense fallback={<Skeleton rows={3} label="Loading the invitation" />}>
          <InvitePage />
        </Suspense>
      </Route>
      <Route>
        <MissingPage />
      </Route>
    </Switch>
  );
}

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

/** What whoever was let in sees: the bar above, and the page that the address names. */
function SignedIn({ api, queries, hasSession, onSignOut }: SignedInProps) {
  return (
    <QueryClientProvider client={queries}>
      <ApiContext value={api}>
        <Router aroundNav={goToTop}>
          <header className="top-bar">
            <Link to="/" className="brand">
              Floom
            </Link>
            <nav aria-label="Main">
              {hasSession && <WorkspaceChoice />}
              <a href="/api/docs">API</a>
              {hasSession && <Link to="/account">Account</Link>}
              <button type="button" className="quiet" onClick={onSignOut}>
                Sign out
              </button>
            </nav>
          </header>
          <main>
            <Page />
          </main>
        </Router>
      </ApiContext>
    </QueryClientProvider>
  );
}
