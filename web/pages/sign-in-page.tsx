import { useState } from "react";
import type { FormEvent } from "react";
import { CopyCommand } from "../parts/copy-command.tsx";
import { PageHeading } from "../parts/page-heading.tsx";

/** Asks for the token once; it then stays in this browser until somebody signs out. */
export function SignInPage({ refused, onToken }: { refused: boolean; onToken: (token: string) => void }) {
  const [token, setToken] = useState("");
  function submit(event: FormEvent): void {
    event.preventDefault();
    onToken(token);
  }
  return (
    <main className="narrow">
      <PageHeading title="Sign in to Floom" />
      {refused && (
        <p className="card notice" role="alert">
          The server does not accept the token that was used. Sign in with the one it has now.
        </p>
      )}
      <form className="card" onSubmit={submit}>
        <div className="field">
          <label htmlFor="token">Token</label>
          <input
            id="token"
            type="password"
            autoComplete="current-password"
            aria-describedby="token-help"
            value={token}
            onChange={(event) => setToken(event.currentTarget.value)}
          />
          <p id="token-help" className="muted">
            Kept in this browser until you sign out.
          </p>
        </div>
        <button type="submit" className="primary" disabled={token.trim() === ""}>
          Sign in
        </button>
      </form>
      <section>
        <h2>Where is the token?</h2>
        <p>
          <code>npm start</code> prints a link that signs you in. Without it, the token is in the file{" "}
          <code>token</code> of the folder that holds Floom’s state:
        </p>
        <CopyCommand command="cat .floom/token" />
        <p className="muted">
          Why also on your own machine? Every web page that you open can send requests to 127.0.0.1. Without a
          token, any of them could start your workers.
        </p>
      </section>
    </main>
  );
}
