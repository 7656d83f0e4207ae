import type { FailureKind, RunFailure } from "#contract/runs/run-failure";

const WHOSE_TURN: Record<FailureKind, string> = {
  worker: "This is in the worker’s own code or manifest.",
  limit: "A limit was reached.",
  policy: "A rule of this workspace does not allow it.",
  cancelled: "",
  platform: "This is a fault of the platform, not of the worker.",
};

/** Why a run did not complete: what happened, whose turn it is, what to do, and the end of the error output. */
export function FailureNotice({ failure, raw }: { failure: RunFailure; raw: string | null }) {
  return (
    <section className="card notice" aria-labelledby="failure-heading">
      <h2 id="failure-heading">{failure.message}</h2>
      <p>
        {WHOSE_TURN[failure.kind]} {failure.hint}
      </p>
      {raw !== null && raw !== "" && <pre className="raw">{raw}</pre>}
      <p className="muted">
        <code>{failure.code}</code>
      </p>
    </section>
  );
}
