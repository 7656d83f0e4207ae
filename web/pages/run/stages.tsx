import { Link } from "wouter";
import type { StageView } from "#contract/pipelines/stage";
import { formatDuration } from "#contract/words";
import { StageGraph } from "../../run-parts/stage-graph.tsx";

const stageWords: Record<StageView["status"], string> = {
  pending: "Waiting",
  running: "Running",
  completed: "Completed",
  failed: "Failed",
  skipped: "Skipped",
};

/** The stages of a pipeline, each with its run; nothing for a run that has none. */
export function Stages({ stages }: { stages: readonly StageView[] }) {
  if (stages.length === 0) return null;
  return (
    <section aria-labelledby="stages-heading">
      <h2 id="stages-heading">Stages</h2>
      <StageGraph stages={stages.map((stage) => ({ ...stage, tone: stage.status, note: noteOf(stage) }))} />
      <div className="card table-scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">Stage</th>
              <th scope="col">Worker</th>
              <th scope="col">Status</th>
              <th scope="col">Runs</th>
            </tr>
          </thead>
          <tbody>
            {stages.map((stage) => (
              <tr key={stage.name}>
                <th scope="row">{stage.name}</th>
                <td>{stage.worker}</td>
                <td>{describeStage(stage)}</td>
                <td>
                  <StageRuns stage={stage} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function describeStage(stage: StageView): string {
  const { error, plan } = stage;
  const planned = plan === null ? "" : `; its plan is ${planWords[plan]}`;
  return `${noteOf(stage)}${planned}${error === null ? "" : `: ${error}`}`;
}

const planWords: Record<NonNullable<StageView["plan"]>, string> = {
  draft: "a draft",
  approved: "approved",
  executing: "being carried out",
  executed: "carried out",
  failed: "given up",
};

/** Where it stands, and how long it took. */
function noteOf({ status, items, started_at: from, ended_at: to }: StageView): string {
  const count = items === null ? "" : `, ${items.done} of ${items.total}`;
  const took = from === null || to === null ? "" : ` in ${formatDuration(Date.parse(to) - Date.parse(from))}`;
  return `${stageWords[status]}${count}${took}`;
}

function StageRuns({ stage: { run_id: runId, run_ids: runIds, name } }: { stage: StageView }) {
  if (runId !== null) return <Link href={`/runs/${runId}`}>Open the run of {name}</Link>;
  if (runIds.length === 0) return <span className="muted">None</span>;
  return (
    <details>
      <summary>
        {runIds.length} {runIds.length === 1 ? "run" : "runs"}
      </summary>
      <ol>
        {runIds.map((id, at) => (
          <li key={id}>
            <Link href={`/runs/${id}`}>
              Item {at + 1} of {name}
            </Link>
          </li>
        ))}
      </ol>
    </details>
  );
}
