import { Link } from "wouter";
import type { WorkerDetail } from "#contract/workers/worker";
import { CopyCommand } from "../../parts/copy-command.tsx";
import { RunRows } from "../../run-parts/run-rows.tsx";
import { ActionForms } from "./action-forms.tsx";

/** The form that runs a worker, its last runs, and the command that does the same. */
export function RunTab({ worker }: { worker: WorkerDetail }) {
  return (
    <>
      <MissingThings worker={worker} />
      {worker.archived ? (
        <>
          <p className="card notice">
            This worker is archived{worker.archive_reason === null ? "" : `: ${worker.archive_reason}`}. It
            takes no new runs.
          </p>
          <BelowForm worker={worker} />
        </>
      ) : (
        <ActionForms key={worker.version} worker={worker}>
          <BelowForm worker={worker} />
        </ActionForms>
      )}
    </>
  );
}

/** The command that does the same, and the last runs. */
function BelowForm({ worker }: { worker: WorkerDetail }) {
  return (
    <>
      <section aria-labelledby="command-heading">
        <h2 id="command-heading">From the command line</h2>
        <CopyCommand command={buildRunCommand(worker)} />
      </section>
      <section aria-labelledby="runs-heading">
        <h2 id="runs-heading">Last runs</h2>
        <div className="card">
          {worker.recent_runs.length === 0 ? (
            <p className="muted">This worker has not run yet.</p>
          ) : (
            <RunRows runs={worker.recent_runs} withWorker={false} />
          )}
        </div>
      </section>
    </>
  );
}

/** What it needs and is not there: a start would be refused for it. */
function MissingThings({ worker }: { worker: WorkerDetail }) {
  const { missing_secrets: secrets, missing_contexts: contexts } = worker;
  if (secrets.length === 0 && contexts.length === 0) return null;
  return (
    <div className="card notice">
      <h2>It needs something before it can run</h2>
      <ul>
        {secrets.map((name) => (
          <li key={name}>
            The secret <code>{name}</code>:{" "}
            <Link to={`/secrets?set=${encodeURIComponent(name)}`}>set it</Link>
          </li>
        ))}
        {contexts.map((name) => (
          <li key={name}>
            The context <code>{name}</code>: <Link to="/contexts">look at the contexts</Link>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** The command that runs `worker`, with a place for each input that it needs. */
export function buildRunCommand({ id, inputs }: Pick<WorkerDetail, "id" | "inputs">): string {
  const needed = inputs.filter(({ required }) => required);
  const options = needed.map(({ name, kind }) => ` --input ${name}=${kind === "file" ? "@path" : "…"}`);
  return `npx floom run ${id}${options.join("")}`;
}
