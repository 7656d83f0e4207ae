import { QueryClientProvider } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useState } from "react";
import { Link, Route, Router, Switch } from "wouter";
import type { AroundNavHandler } from "wouter";
import { ApiContext, createApi } from "./api/api-context.ts";
import { forgetToken, readToken, saveToken, takeTokenFromAddress } from "./api/session.ts";
import { createQueries } from "./api/queries.ts";
import { HomePage } from "./pages/home-page.tsx";
import { MissingPage } from "./pages/missing-page.tsx";
import { RunPage } from "./pages/run-page.tsx";
import { SignInPage } from "./pages/sign-in-page.tsx";
import { SwitchPage } from "./pages/switch-page.tsx";
import { TerminalPage } from "./pages/terminal-page.tsx";
import { WorkerPage } from "./pages/worker-page.tsx";

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
 * The whole app: the sign-in page without a token, else the page that the address names. `offeredToken` is one that the
 * link brought beside the one that is kept; which of the two is used is asked first.
 */
export function App({ offeredToken }: { offeredToken: string | undefined }) {
  const [token, setToken] = useState(() => readToken(window.localStorage));
  const [offered, setOffered] = useState(offeredToken);
  const [refused, setRefused] = useState(false);
  const signIn = useCallback((entered: string) => {
    saveToken(window.localStorage, entered);
    setOffered(undefined);
    setRefused(false);
    setToken(readToken(window.localStorage));
  }, []);
  const signOut = useCallback((wasRefused: boolean) => {
    forgetToken(window.localStorage);
    setRefused(wasRefused);
    setToken(undefined);
  }, []);
  // A sign-in link that is opened where the page is already changes the address and loads nothing.
  useEffect(() => {
    function takeToken(): void {
      setOffered(takeTokenFromAddress(window.location, window.history, window.localStorage));
      setToken(readToken(window.localStorage));
    }
    window.addEventListener("hashchange", takeToken);
    return () => window.removeEventListener("hashchange", takeToken);
  }, []);
  const { api, queries } = useMemo(
    () => ({ api: createApi(token, () => signOut(true)), queries: createQueries() }),
    [token, signOut],
  );

  if (token === undefined) return <SignInPage refused={refused} onToken={signIn} />;
  if (offered !== undefined)
    return <SwitchPage onKeep={() => setOffered(undefined)} onSwitch={() => signIn(offered)} />;

  return (
    <QueryClientProvider client={queries}>
      <ApiContext value={api}>
        <Router aroundNav={goToTop}>
          <header className="top-bar">
            <Link to="/" className="brand">
              Floom
            </Link>
            <nav aria-label="Main">
              <a href="/api/docs">API</a>
              <button type="button" className="quiet" onClick={() => signOut(false)}>
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
