import { useState } from "react";
import { Link } from "wouter";
import { secretRoutes } from "#contract/secrets/routes";
import type { SecretSummary } from "#contract/secrets/secret";
import { useApi } from "../../api/api-context.ts";
import { useMay } from "../../api/use-may.ts";
import { useRead } from "../../api/use-read.ts";
import { Empty } from "../../parts/empty.tsx";
import { ListTable } from "../../parts/list-table.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { Moment } from "../../parts/moment.tsx";
import { PageHeading } from "../../parts/page-heading.tsx";
import { Pill } from "../../parts/pill.tsx";
import { useFilters } from "../../parts/use-filters.ts";
import { ConfirmButton } from "../../ui/confirm-button.tsx";
import { SecretDialog } from "./secret-dialog.tsx";
import { TestSecret } from "./test-secret.tsx";

/** What workers may know and nobody can read: set, replaced, tested, taken away. `?set=NAME` opens it to be set. */
export function SecretsPage() {
  const filters = useFilters();
  const may = useMay()("secrets:write");
  const [isAdding, setAdding] = useState(false);
  const secrets = useRead(secretRoutes.listSecrets);
  const wanted = filters.get("set");
  const close = () => {
    setAdding(false);
    filters.set({ set: "" });
  };
  return (
    <>
      <div className="head-row">
        <PageHeading title="Secrets" />
        {may && (
          <div className="actions">
            <button type="button" className="primary" onClick={() => setAdding(true)}>
              Set a secret
            </button>
          </div>
        )}
      </div>
      <p className="lead">
        Workers find a secret as an environment variable of its name, if their worker.yml declares it. No
        answer ever shows its value.
      </p>
      <Loaded query={secrets} what="the secrets">
        {(all) => (
          <>
            {all.length === 0 ? (
              <Empty title="There is no secret yet" command="npx floom secrets set API_KEY">
                Keys that workers use for other services are kept here. Set one here, or at the terminal:
              </Empty>
            ) : (
              <Secrets secrets={all} mayChange={may} onSet={(name) => filters.set({ set: name })} />
            )}
            {may && (isAdding || wanted !== "") && (
              <SecretDialog
                key={wanted}
                name={wanted}
                known={all.find(({ name }) => name === wanted) ?? null}
                onClose={close}
              />
            )}
          </>
        )}
      </Loaded>
    </>
  );
}

interface SecretsProps {
  secrets: readonly SecretSummary[];
  mayChange: boolean;
  onSet: (name: string) => void;
}

function Secrets({ secrets, mayChange, onSet }: SecretsProps) {
  return (
    <ListTable
      caption="Secrets"
      rows={secrets}
      keyOf={({ name }) => name}
      columns={[
        { head: "Name", cell: ({ name }) => <code>{name}</code> },
        {
          head: "State",
          cell: ({ status }) =>
            status === "set" ? <Pill tone="good">Set</Pill> : <Pill tone="bad">Not set</Pill>,
        },
        { head: "Used by", cell: (secret) => <UsedBy secret={secret} /> },
        { head: "Given to", cell: (secret) => <Reach secret={secret} /> },
        { head: "Last used", cell: (secret) => <LastUsed secret={secret} /> },
        {
          head: "",
          cell: (secret) => (mayChange ? <SecretActions secret={secret} onSet={onSet} /> : null),
        },
      ]}
    />
  );
}

function UsedBy({ secret }: { secret: SecretSummary }) {
  if (secret.used_by.length === 0) return <span className="muted">no worker</span>;
  return secret.used_by.map((worker, at) => (
    <span key={worker}>
      {at > 0 && ", "}
      <Link to={`/workers/${encodeURIComponent(worker)}/settings`}>{worker}</Link>
    </span>
  ));
}

function Reach({ secret }: { secret: SecretSummary }) {
  const { workers, hosts } = secret;
  const whom = workers === null ? "Every worker that declares it" : workers.join(", ") || "no worker";
  return hosts.length === 0 ? whom : `${whom}, in requests to ${hosts.join(", ")} alone`;
}

function LastUsed({ secret }: { secret: SecretSummary }) {
  const { last_used_at: at, last_used_run_id: run } = secret;
  if (at === null) return <Moment iso={null} />;
  return run === null ? (
    <Moment iso={at} />
  ) : (
    <Link to={`/runs/${run}`}>
      <Moment iso={at} />
    </Link>
  );
}

function SecretActions({ secret, onSet }: { secret: SecretSummary; onSet: (name: string) => void }) {
  const api = useApi();
  const { name, status, used_by: users } = secret;
  return (
    <div className="actions">
      <button
        type="button"
        className="small"
        aria-label={`${status === "set" ? "Replace" : "Set"} ${name}`}
        onClick={() => onSet(name)}
      >
        {status === "set" ? "Replace" : "Set"}
      </button>
      {status === "set" && (
        <>
          <TestSecret name={name} />
          <ConfirmButton
            label="Delete"
            name={`Delete ${name}`}
            title={`Delete the secret ${name}?`}
            typeToConfirm={name}
            said={`${name} is deleted.`}
            onConfirm={() => api.call(secretRoutes.deleteSecret, { params: { secret: name } })}
          >
            <p>
              Its value cannot be brought back.{" "}
              {users.length > 0 && `Starts of ${users.join(", ")} are refused from then on.`}
            </p>
          </ConfirmButton>
        </>
      )}
    </div>
  );
}
