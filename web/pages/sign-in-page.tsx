import { useState } from "react";
import type { FormEvent } from "react";
import { Link } from "wouter";
import type { SignInWays } from "#contract/accounts/account";
import { OtherWays } from "../account/other-ways.tsx";
import { PasswordForm } from "../account/password-form.tsx";
import { CopyCommand } from "../parts/copy-command.tsx";
import { PageHeading } from "../parts/page-heading.tsx";

interface SignInPageProps {
  refused: boolean;
  /** How people sign in here; null where the server did not say. */
  ways: SignInWays | null;
  onToken: (token: string) => void;
  onSignedIn: () => void;
  onLocal: () => void;
}

/** Asks who is there, by the ways that this server has. */
export function SignInPage({ refused, ways, onToken, onSignedIn, onLocal }: SignInPageProps) {
  const hasAccounts = ways !== null && !ways.setup_required;
  return (
    <main className="narrow">
      <PageHeading title="Sign in to Floom" />
      {refused && (
        <p className="card notice" role="alert">
          The server does not accept the token or the session that was used. Sign in again.
        </p>
      )}
      {ways?.local === true && (
        <section className="card">
          <p>This is your own machine: you are its owner.</p>
          <button type="button" className="primary" onClick={onLocal}>
            Go on without a password
          </button>
        </section>
      )}
      {hasAccounts && (
        <>
          <PasswordForm onSignedIn={onSignedIn} mails={ways.mail} />
          <OtherWays social={ways.social} onSignedIn={onSignedIn} />
        </>
      )}
      {ways?.sign_up === "open" && (
        <p>
          No account yet? <Link to="/sign-up">Make one</Link>
        </p>
      )}
      <details open={!hasAccounts}>
        <summary>Sign in with a token</summary>
        <TokenForm onToken={onToken} />
      </details>
    </main>
  );
}

/** Takes a token; it then stays in this browser until somebody signs out. */
function TokenForm({ onToken }: { onToken: (token: string) => void }) {
  const [token, setToken] = useState("");
  function submit(event: FormEvent): void {
    event.preventDefault();
    onToken(token);
  }
  return (
    <>
      <form className="card" onSubmit={submit}>
        <div className="field">
          <label htmlFor="token">Token</label>
          <input
            id="token"
            type="password"
            autoComplete="off"
            aria-describedby="token-help"
            value={token}
            onChange={(event) => setToken(event.currentTarget.value)}
          />
          <p id="token-help" className="muted">
            Kept in this browser until you sign out.
          </p>
        </div>
        <button type="submit" disabled={token.trim() === ""}>
          Sign in with the token
        </button>
      </form>
      <p>
        <code>npm start</code> prints a link that signs you in. Without it, the token is in the file{" "}
        <code>token</code> of the folder that holds Floom’s state:
      </p>
      <CopyCommand command="cat .floom/token" />
    </>
  );
}
