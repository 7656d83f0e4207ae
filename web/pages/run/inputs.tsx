import type { RunDetail } from "#contract/runs/run";
import { NamedValues } from "../../outputs/named-values.tsx";

/** What a run was given. */
export function Inputs({ detail }: { detail: RunDetail }) {
  return (
    <section aria-labelledby="inputs-heading">
      <h2 id="inputs-heading">Inputs</h2>
      {Object.keys(detail.inputs).length === 0 ? (
        <p className="card muted">It was given none.</p>
      ) : (
        <NamedValues values={detail.inputs} className="card facts-list" />
      )}
    </section>
  );
}
