import type { RunFailure } from "#contract/runs/run-failure";
import { whoseTurn } from "#contract/words";

/** Why a run did not complete: what happened, whose turn it is, what to do, and the end of the error output. */
export function FailureNotice({ failure, raw }: { failure: RunFailure; raw: string | null }) {
  return (
    <section className="card notice" aria-labelledby="failure-heading">
      <h2 id="failure-heading">{failure.message}</h2>
      <p>
        {whoseTurn[failure.kind].sentence} {failure.hint}
      </p>
      {raw !== null && raw !== "" && <pre className="raw">{raw}</pre>}
      <p className="muted">
        <code>{failure.code}</code>
      </p>
    </section>
  );
}
