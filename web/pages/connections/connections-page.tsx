import { useState } from "react";
import { Link } from "wouter";
import { connectionRoutes } from "#contract/connections/routes";
import type { Connection, ConnectionKind } from "#contract/connections/connection";
import { useMay } from "../../api/use-may.ts";
import { useRead } from "../../api/use-read.ts";
import { Empty } from "../../parts/empty.tsx";
import { ListTable } from "../../parts/list-table.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { Moment } from "../../parts/moment.tsx";
import { PageHeading } from "../../parts/page-heading.tsx";
import { Pill } from "../../parts/pill.tsx";
import type { Tone } from "../../parts/pill.tsx";
import { ConnectionBody } from "./connection-body.tsx";
import { ConnectionDialog } from "./connection-dialog.tsx";

const statuses: Record<Connection["status"], { tone: Tone; words: string }> = {
  pending: { tone: "wait", words: "Nobody is signed in" },
  active: { tone: "good", words: "Works" },
  expired: { tone: "bad", words: "The sign-in is over" },
  failed: { tone: "bad", words: "Did not get through" },
  disabled: { tone: "plain", words: "Switched off" },
};
const kindWords: Record<ConnectionKind, string> = { mcp: "MCP server", composio: "App", http: "HTTP API" };

function leadsTo({ mcp, http, composio }: Connection): string {
  return mcp?.url ?? http?.base_url ?? composio?.app ?? "";
}

/** Services that workers reach with credentials that they never see: all of them, or one with its tools. */
export function ConnectionsPage({ params }: { params: { connection?: string | undefined } }) {
  return params.connection === undefined ? <AllConnections /> : <OneConnection id={params.connection} />;
}

function AllConnections() {
  const may = useMay()("secrets:write");
  const [isMaking, setMaking] = useState(false);
  const connections = useRead(connectionRoutes.listConnections);
  return (
    <>
      <div className="head-row">
        <PageHeading title="Connections" />
        {may && (
          <div className="actions">
            <button type="button" className="primary" onClick={() => setMaking(true)}>
              Make a connection
            </button>
          </div>
        )}
      </div>
      <p className="lead">
        To a remote MCP server, an HTTP API or an app. Workers that declare it call its tools; its credentials
        stay here.
      </p>
      <Loaded query={connections} what="the connections">
        {(all) =>
          all.length === 0 ? (
            <Empty
              title="There is no connection yet"
              command="npx floom connections add linear --mcp https://mcp.linear.app/mcp"
            >
              Make one here, or at the terminal:
            </Empty>
          ) : (
            <Connections connections={all} />
          )
        }
      </Loaded>
      {isMaking && <ConnectionDialog onClose={() => setMaking(false)} />}
    </>
  );
}

function Connections({ connections }: { connections: readonly Connection[] }) {
  return (
    <ListTable
      caption="Connections"
      rows={connections}
      keyOf={({ id }) => id}
      columns={[
        {
          head: "Name",
          cell: ({ id, display_name: name, owner }) => (
            <span>
              <Link to={`/connections/${id}`}>{name}</Link> {owner === "me" && <Pill>Yours</Pill>}
            </span>
          ),
        },
        { head: "State", cell: (connection) => <ConnectionState connection={connection} /> },
        { head: "Kind", cell: ({ kind }) => kindWords[kind] },
        { head: "Leads to", cell: (connection) => <code>{leadsTo(connection)}</code> },
        { head: "Last used", cell: ({ last_used_at: at }) => <Moment iso={at} /> },
      ]}
    />
  );
}

function ConnectionState({ connection }: { connection: Connection }) {
  const { status, changed_tools: changed } = connection;
  return (
    <span className="tags">
      <Pill tone={statuses[status].tone}>{statuses[status].words}</Pill>
      {changed > 0 && <Pill tone="wait">{changed} changed</Pill>}
    </span>
  );
}

function OneConnection({ id }: { id: string }) {
  const found = useRead(connectionRoutes.getConnection, { params: { connection: id } });
  return (
    <>
      <PageHeading title={found.data?.display_name ?? "Connection"} />
      <Loaded query={found} what="the connection">
        {(connection) => (
          <>
            <p className="facts">
              <ConnectionState connection={connection} />
              <code>{connection.name}</code>
              <span className="muted">{kindWords[connection.kind]}</span>
              <code className="muted">{leadsTo(connection)}</code>
            </p>
            {connection.status_reason !== null && <p className="card notice">{connection.status_reason}</p>}
            <ConnectionBody connection={connection} />
          </>
        )}
      </Loaded>
    </>
  );
}
