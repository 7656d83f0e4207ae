import { PageHeading } from "../parts/page-heading.tsx";

/** Asks before a link's token takes the place of the one this browser is signed in with. */
export function SwitchPage({ onKeep, onSwitch }: { onKeep: () => void; onSwitch: () => void }) {
  return (
    <main className="narrow">
      <PageHeading title="Sign in with another token?" />
      <div className="card notice" role="alert">
        <p>This browser is signed in already, and the link that was opened brings another token.</p>
        <p>
          Use it only if you made the link yourself, for example by <code>npm start</code>. With a token of
          somebody else, what you enter here goes to them.
        </p>
        <div className="actions">
          <button type="button" className="primary" onClick={onKeep}>
            Stay signed in as before
          </button>
          <button type="button" onClick={onSwitch}>
            Use the link’s token
          </button>
        </div>
      </div>
    </main>
  );
}
