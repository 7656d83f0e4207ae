import { useState } from "react";
import { Link } from "wouter";
import { contextRoutes } from "#contract/contexts/routes";
import type { ContextSummary } from "#contract/contexts/context-bundle";
import { formatBytes, formatCount } from "#contract/words";
import { useMay } from "../../api/use-may.ts";
import { useRead } from "../../api/use-read.ts";
import { Empty } from "../../parts/empty.tsx";
import { ListTable } from "../../parts/list-table.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { Moment } from "../../parts/moment.tsx";
import { PageHeading } from "../../parts/page-heading.tsx";
import { Pill } from "../../parts/pill.tsx";
import { ContextBody } from "./context-body.tsx";
import { ContextDialog } from "./context-dialog.tsx";

/** Folders that workers mount: all of them, or one with its files. */
export function ContextsPage({ params }: { params: { context?: string | undefined } }) {
  return params.context === undefined ? <AllContexts /> : <OneContext name={params.context} />;
}

function AllContexts() {
  const may = useMay()("contexts:write");
  const [isMaking, setMaking] = useState(false);
  const contexts = useRead(contextRoutes.listContexts);
  return (
    <>
      <div className="head-row">
        <PageHeading title="Contexts" />
        {may && (
          <div className="actions">
            <button type="button" className="primary" onClick={() => setMaking(true)}>
              Make a context
            </button>
          </div>
        )}
      </div>
      <p className="lead">
        A context is a folder that workers mount: a script finds it below <code>context/</code>, an agent
        reads it.
      </p>
      <Loaded query={contexts} what="the contexts">
        {(all) =>
          all.length === 0 ? (
            <Empty title="There is no context yet" command="npx floom contexts create handbook">
              Make one here, or put a folder into one at the terminal:
            </Empty>
          ) : (
            <Contexts contexts={all} />
          )
        }
      </Loaded>
      {isMaking && <ContextDialog onClose={() => setMaking(false)} />}
    </>
  );
}

function Contexts({ contexts }: { contexts: readonly ContextSummary[] }) {
  return (
    <ListTable
      caption="Contexts"
      rows={contexts}
      keyOf={({ id }) => id}
      columns={[
        {
          head: "Name",
          cell: ({ name, description }) => (
            <span>
              <Link to={`/contexts/${encodeURIComponent(name)}`}>{name}</Link>{" "}
              <span className="muted">{description}</span>
            </span>
          ),
        },
        { head: "Is", cell: (context) => <ContextPills context={context} /> },
        {
          head: "Files",
          cell: ({ file_count: count, total_bytes: bytes }) =>
            `${formatCount(count, "file")}, ${formatBytes(bytes)}`,
        },
        {
          head: "Used by",
          cell: ({ used_by: users }) => users.join(", ") || <span className="muted">no worker</span>,
        },
        { head: "Version", cell: ({ version }) => version, isNumber: true },
        { head: "Changed", cell: ({ updated_at: at }) => <Moment iso={at} /> },
      ]}
    />
  );
}

function ContextPills({ context }: { context: ContextSummary }) {
  return (
    <span className="tags">
      {context.kind === "memory" && <Pill>Memory</Pill>}
      {context.visibility === "private" && <Pill>Private</Pill>}
      {context.writeable && <Pill>Workers may write it</Pill>}
      {context.sensitive && <Pill tone="wait">Sensitive</Pill>}
    </span>
  );
}

function OneContext({ name }: { name: string }) {
  const found = useRead(contextRoutes.getContext, { params: { context: name } });
  return (
    <>
      <PageHeading title={name} />
      <Loaded query={found} what="the context">
        {(context) => (
          <>
            <p className="lead">{context.description}</p>
            <ContextPills context={context} />
            <ContextBody context={context} />
          </>
        )}
      </Loaded>
    </>
  );
}
