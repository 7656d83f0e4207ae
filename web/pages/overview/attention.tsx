import type { ReactNode } from "react";
import { Link } from "wouter";
import { connectionRoutes } from "#contract/connections/routes";
import type { SystemAlert } from "#contract/reports/report";
import { secretRoutes } from "#contract/secrets/routes";
import { workerRoutes } from "#contract/workers/routes";
import { formatCount } from "#contract/words";
import { useApi } from "../../api/api-context.ts";
import { useMay } from "../../api/use-may.ts";
import { useRead } from "../../api/use-read.ts";
import { ChangeButton } from "../../ui/change-button.tsx";
import { findTrouble } from "./connection-trouble.ts";

/** What wants somebody now, each with the action that mends it. */
export function Attention({ alerts, pending }: { alerts: readonly SystemAlert[]; pending: number }) {
  const may = useMay();
  const secrets = useRead(secretRoutes.listSecrets, { enabled: may("secrets:read") });
  const connections = useRead(connectionRoutes.listConnections, { enabled: may("secrets:read") });
  const missing = (secrets.data ?? []).filter(({ status }) => status === "missing");
  const troubled = (connections.data ?? []).flatMap((connection) => {
    const trouble = findTrouble(connection);
    return trouble === null ? [] : [{ id: connection.id, name: connection.display_name, ...trouble }];
  });
  const isQuiet = [alerts, missing, troubled].every(({ length }) => length === 0) && pending === 0;
  return (
    <section aria-labelledby="attention-heading">
      <h2 id="attention-heading">Wants you</h2>
      {isQuiet ? (
        <p className="card muted">Nothing. Everything that runs goes well.</p>
      ) : (
        <ul className="card rows">
          {pending > 0 && (
            <Item
              title={`${formatCount(pending, "approval")} to decide`}
              detail="A run waits for each of them."
            >
              <Link to="/approvals" className="button small">
                Decide
              </Link>
            </Item>
          )}
          {alerts.map((alert) => (
            <AlertItem key={`${alert.type} ${alert.worker_id}`} alert={alert} />
          ))}
          {troubled.map(({ id, name, title, detail, action }) => (
            <Item key={id} title={title} detail={detail}>
              <Link to={`/connections/${id}`} className="button small">
                {action}
                <span className="visually-hidden">: {name}</span>
              </Link>
            </Item>
          ))}
          {missing.map(({ name, used_by: users }) => (
            <Item
              key={name}
              title={`The secret ${name} is not set`}
              detail={`Runs of ${users.join(", ")} are refused without it.`}
            >
              <Link to={`/secrets?set=${encodeURIComponent(name)}`} className="button small">
                Set it<span className="visually-hidden">: {name}</span>
              </Link>
            </Item>
          ))}
        </ul>
      )}
    </section>
  );
}

function AlertItem({ alert }: { alert: SystemAlert }) {
  return (
    <Item title={alert.title} detail={alert.detail}>
      <AlertAction alert={alert} />
    </Item>
  );
}

function AlertAction({ alert: { type, worker_id: worker, worker_name: name } }: { alert: SystemAlert }) {
  const api = useApi();
  const may = useMay();
  if (type === "worker_disabled" && may("workers:write")) {
    return (
      <ChangeButton
        label="Resume"
        name={`Resume ${name}`}
        said={`${name} takes runs again.`}
        onPress={() => api.call(workerRoutes.resumeWorker, { params: { worker } })}
      />
    );
  }
  const [to, words] =
    type === "schedule_missed"
      ? ["/schedules", "See when"]
      : [`/runs?status=failed&worker=${encodeURIComponent(worker)}`, "See why"];
  return (
    <Link to={to} className="button small" aria-label={`${words}: ${name}`}>
      {words}
    </Link>
  );
}

function Item(props: { title: string; detail: string; children: ReactNode }) {
  return (
    <li className="row attention">
      <span className="row-main">
        <strong>{props.title}</strong>
        <span className="muted">{props.detail}</span>
      </span>
      {props.children}
    </li>
  );
}
