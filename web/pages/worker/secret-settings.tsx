import { Link } from "wouter";
import type { WorkerDetail } from "#contract/workers/worker";
import { Pill } from "../../parts/pill.tsx";

/** The secrets that a worker declares, and whether they are set for it. */
export function SecretSettings({ worker }: { worker: WorkerDetail }) {
  const { secrets, missing_secrets: missing } = worker;
  return (
    <section aria-labelledby="secrets-heading">
      <h2 id="secrets-heading">Secrets</h2>
      {secrets.length === 0 ? (
        <p className="card muted">
          It declares none. Names under <code>exec.secrets</code> in its worker.yml are given to its runs.
        </p>
      ) : (
        <ul className="card rows">
          {secrets.map((name) => (
            <li key={name} className="row">
              <code className="row-main">{name}</code>
              {missing.includes(name) ? <Pill tone="bad">Not set</Pill> : <Pill tone="good">Set</Pill>}
              <Link to={`/secrets?set=${encodeURIComponent(name)}`} className="button small">
                {missing.includes(name) ? "Set it" : "Change it"}
                <span className="visually-hidden">: {name}</span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
