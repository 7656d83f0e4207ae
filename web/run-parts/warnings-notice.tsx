import { showLine } from "#contract/outputs/show-text";
import type { RunWarning } from "#contract/runs/run-warning";

/** What is not as the function's signature says, though the run came to its end. */
export function WarningsNotice({ warnings }: { warnings: readonly RunWarning[] }) {
  return (
    <section className="card notice" aria-labelledby="warnings-heading">
      <h2 id="warnings-heading">What it returned is not quite what it says</h2>
      <ul>
        {warnings.map(({ pointer, detail }) => (
          <li key={pointer}>
            <code>{showLine(pointer)}</code> {showLine(detail)}
          </li>
        ))}
      </ul>
      <p className="muted">
        The run is completed; a form, a tool or a program that relies on the signature may not be.
      </p>
    </section>
  );
}
