import { useState } from "react";
import { approvalRoutes } from "#contract/approvals/routes";
import type { Approval } from "#contract/approvals/approval";
import { formatCount } from "#contract/words";
import { useApi } from "../../api/api-context.ts";
import { useSay } from "../../parts/said.tsx";
import { ConfirmButton } from "../../ui/confirm-button.tsx";

interface DecideManyProps {
  chosen: readonly Approval[];
  onDone: () => void;
}

/** Decides the chosen ones together; each that cannot be decided is named with why. */
export function DecideMany({ chosen, onDone }: DecideManyProps) {
  const api = useApi();
  const say = useSay();
  const [refused, setRefused] = useState<readonly string[]>([]);
  async function decide(decision: "approve" | "reject"): Promise<void> {
    const { results } = await api.call(approvalRoutes.decideApprovals, {
      json: { ids: chosen.map(({ id }) => id), decision },
    });
    const failed = results.flatMap(({ id, error }) =>
      error === null ? [] : [`${chosen.find((one) => one.id === id)?.label ?? id}: ${error.detail}`],
    );
    setRefused(failed);
    say(`${results.length - failed.length} of ${formatCount(results.length, "approval")} decided.`);
  }
  return (
    <>
      {refused.length > 0 && (
        <div className="card notice" role="alert">
          <h2>Some could not be decided</h2>
          <ul>
            {refused.map((words) => (
              <li key={words}>{words}</li>
            ))}
          </ul>
        </div>
      )}
      {chosen.length > 0 && (
        <section className="bulk" aria-label="With the chosen approvals">
          <strong>{formatCount(chosen.length, "approval")} chosen</strong>
          <ConfirmButton
            label={`Approve ${chosen.length}`}
            title={`Approve ${formatCount(chosen.length, "approval")}?`}
            isDanger={false}
            className="small primary"
            said=""
            onConfirm={() => decide("approve")}
            onDone={onDone}
          >
            <p>What each of them proposes is done as it stands:</p>
            <ul className="dashes">
              {chosen.map(({ id, label }) => (
                <li key={id}>{label}</li>
              ))}
            </ul>
          </ConfirmButton>
          <ConfirmButton
            label={`Reject ${chosen.length}`}
            title={`Reject ${formatCount(chosen.length, "approval")}?`}
            said=""
            onConfirm={() => decide("reject")}
            onDone={onDone}
          >
            <p>None of what they propose is done.</p>
          </ConfirmButton>
          <button type="button" className="quiet small" onClick={onDone}>
            Choose none
          </button>
        </section>
      )}
    </>
  );
}
