import { useCallback, useEffect, useMemo, useState } from "react";
import { ApiContext, createApi } from "./api/api-context.ts";
import { forgetToken, readToken, saveToken, takeTokenFromAddress } from "./api/session.ts";
import { HomePage } from "./pages/home-page.tsx";
import { MissingPage } from "./pages/missing-page.tsx";
import { RunPage } from "./pages/run-page.tsx";
import { SignInPage } from "./pages/sign-in-page.tsx";
import { SwitchPage } from "./pages/switch-page.tsx";
import { WorkerPage } from "./pages/worker-page.tsx";
import { Link, parsePlace, usePath } from "./router.tsx";
import type { Place } from "./router.tsx";

function Page({ place }: { place: Place }) {
  switch (place.page) {
    case "home":
      return <HomePage />;
    case "worker":
      return <WorkerPage key={place.worker} worker={place.worker} />;
    case "run":
      return <RunPage key={place.run} run={place.run} />;
    case "missing":
      return <MissingPage />;
  }
}

/**
 * The whole app: the sign-in page without a token, else the page that the address names. `offeredToken` is one that the
 * link brought beside the one that is kept; which of the two is used is asked first.
 */
export function App({ offeredToken }: { offeredToken: string | undefined }) {
  const [token, setToken] = useState(() => readToken(window.localStorage));
  const [offered, setOffered] = useState(offeredToken);
  const [refused, setRefused] = useState(false);
  const path = usePath();

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
  const api = useMemo(() => createApi(token, () => signOut(true)), [token, signOut]);

  if (token === undefined) return <SignInPage refused={refused} onToken={signIn} />;
  if (offered !== undefined) {
    return <SwitchPage onKeep={() => setOffered(undefined)} onSwitch={() => signIn(offered)} />;
  }
  return (
    <ApiContext value={api}>
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
        <Page place={parsePlace(path)} />
      </main>
    </ApiContext>
  );
}
