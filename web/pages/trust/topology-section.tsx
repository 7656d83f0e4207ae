import { useMemo, useState } from "react";
import { Link } from "wouter";
import { topologyRoutes } from "#contract/topology/routes";
import type { Topology, TopologyEdge, TopologyNode } from "#contract/topology/topology";
import { workerRoutes } from "#contract/workers/routes";
import { formatCount } from "#contract/words";
import { useRead } from "../../api/use-read.ts";
import { ListTable } from "../../parts/list-table.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { ChoiceField } from "../../parts/labelled.tsx";
import { Moment } from "../../parts/moment.tsx";
import { Pill } from "../../parts/pill.tsx";
import { sourceWords } from "../run/run-words.ts";
import { useFilters } from "../../parts/use-filters.ts";
import "../../styles/topology.css";
import { columns, layOutTopology, NODE_WIDTH_PX } from "./lay-out-topology.ts";

const columnWords: Readonly<Record<TopologyNode["kind"], string>> = {
  client: "Started by",
  worker: "Workers",
  tool: "Tools",
  service: "Services",
};
const edgeWords: Readonly<Record<TopologyEdge["kind"], string>> = {
  starts: "starts",
  calls: "calls",
  reaches: "reaches",
};

/** Who calls what: ways in, workers, tools and services; drawn, and as a table. */
export function TopologySection() {
  const filters = useFilters();
  const worker = filters.get("worker");
  const workers = useRead(workerRoutes.listWorkers);
  const topology = useRead(topologyRoutes.getTopology, { query: worker === "" ? {} : { worker } });
  return (
    <section aria-labelledby="topology-heading">
      <h2 id="topology-heading">Who calls what</h2>
      <p className="lead">
        By what the active versions declare, the newest runs, and the newest calls on the record of changes.
      </p>
      <search className="filters">
        <ChoiceField
          label="Around"
          value={worker}
          choices={[["", "All workers"], ...(workers.data ?? []).map(({ id, name }) => [id, name] as const)]}
          onChange={(event) => filters.set({ worker: event.currentTarget.value })}
        />
      </search>
      <Loaded query={topology} what="who calls what" rows={6}>
        {(data) => <TopologyView topology={data} />}
      </Loaded>
    </section>
  );
}

function TopologyView({ topology }: { topology: Topology }) {
  if (topology.edges.length === 0)
    return <p className="card muted">Nothing is declared to call anything, and nothing has run.</p>;
  return (
    <div className="card">
      <Drawing topology={topology} />
      <p className="muted">
        A dashed line is on record alone, and not declared; a red one was refused at least once. Looked at:{" "}
        {formatCount(topology.looked_at.runs, "run")}, {formatCount(topology.looked_at.calls, "call")}.
        {topology.truncated && " There is more than is shown: choose one worker."}
      </p>
      <details>
        <summary>As a table</summary>
        <EdgeTable topology={topology} />
      </details>
    </div>
  );
}

/** How a node is called: a way in by words, everything else by its name. */
function nameOf({ kind, name }: Pick<TopologyNode, "kind" | "name">): string {
  return kind === "client"
    ? (Object.entries(sourceWords).find(([source]) => source === name)?.[1] ?? name)
    : name;
}

function classOf({ from, declared, refused }: TopologyEdge, isLit: boolean): string {
  // By whom a worker is started no version declares.
  const isUndeclared = !declared && !from.startsWith("client:");
  return ["edge", isUndeclared ? "is-undeclared" : "", refused > 0 ? "is-refused" : "", isLit ? "is-lit" : ""]
    .filter((name) => name !== "")
    .join(" ");
}

function Drawing({ topology }: { topology: Topology }) {
  const { nodes, edges, leftOut, width, height } = useMemo(() => layOutTopology(topology), [topology]);
  const [lit, setLit] = useState<string | null>(null);
  return (
    <>
      {/* The region scrolls: it takes the focus, so that the keyboard scrolls it. */}
      <section className="topology" aria-label="Drawing of who calls what" tabIndex={0}>
        <div className="topology-plane" style={{ width, height }}>
          <svg width={width} height={height} aria-hidden="true">
            {edges.map((edge) => (
              <path
                key={edge.id}
                d={edge.path}
                className={classOf(edge, edge.from === lit || edge.to === lit)}
              />
            ))}
          </svg>
          {columns.map((kind, at) => (
            <strong
              key={kind}
              className="topology-head"
              style={{ left: (at * (width - NODE_WIDTH_PX)) / (columns.length - 1), width: NODE_WIDTH_PX }}
            >
              {columnWords[kind]}
            </strong>
          ))}
          {nodes.map((node) => (
            <span
              key={node.id}
              className={`topology-node is-${node.kind}`}
              style={{ left: node.left, top: node.top, width: NODE_WIDTH_PX }}
              title={nameOf(node)}
              onPointerEnter={() => setLit(node.id)}
              onPointerLeave={() => setLit(null)}
            >
              <NodeName node={node} onFocus={setLit} />
            </span>
          ))}
        </div>
      </section>
      {leftOut > 0 && (
        <p className="muted">{formatCount(leftOut, "thing")} with fewer calls are in the table alone.</p>
      )}
    </>
  );
}

function NodeName({ node, onFocus }: { node: TopologyNode; onFocus: (id: string | null) => void }) {
  if (node.kind !== "worker") return <span className="clipped-line">{nameOf(node)}</span>;
  return (
    <Link
      to={`/workers/${encodeURIComponent(node.name)}`}
      className="clipped-line"
      onFocus={() => onFocus(node.id)}
      onBlur={() => onFocus(null)}
    >
      {node.name}
    </Link>
  );
}

function EdgeTable({ topology }: { topology: Topology }) {
  const names = new Map(topology.nodes.map((node) => [node.id, nameOf(node)]));
  return (
    <ListTable
      caption="Who calls what"
      rows={topology.edges}
      keyOf={({ kind, from, to }) => `${kind} ${from} ${to}`}
      columns={[
        { head: "From", cell: ({ from }) => names.get(from) ?? from },
        { head: "Does", cell: ({ kind }) => edgeWords[kind] },
        { head: "To", cell: ({ to }) => names.get(to) ?? to },
        {
          head: "Declared",
          cell: ({ declared, from }) => {
            if (declared) return "Yes";
            return from.startsWith("client:") ? "" : <Pill tone="wait">No</Pill>;
          },
        },
        { head: "Times", cell: ({ count }) => count, isNumber: true },
        {
          head: "Refused",
          cell: ({ refused }) => (refused === 0 ? "0" : <Pill tone="bad">{String(refused)}</Pill>),
          isNumber: true,
        },
        { head: "Last", cell: ({ last_at: at }) => (at === null ? "Never" : <Moment iso={at} />) },
      ]}
    />
  );
}
