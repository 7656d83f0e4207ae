import { limits } from "#contract/limits";
import type { Manifest } from "#contract/manifest/manifest";
import type { Topology, TopologyEdge, TopologyNode } from "#contract/topology/topology";
import { listWantedConnections } from "../registry/wanted-connections.ts";
import type { sumRecordedCalls } from "../audit/service.ts";
import type { RunSum } from "./store.ts";

/** Outcomes of calls of one tool by one worker. */
type CallSum = Awaited<ReturnType<typeof sumRecordedCalls>>[number];

/** A worker that is shown, with what its active version declares. */
export interface ShownWorker {
  name: string;
  manifest: Pick<Manifest, "http" | "connections" | "calls" | "capabilities">;
}

/** What a topology is made of. Sums of workers that are not shown are left out. */
export interface TopologySources {
  workers: readonly ShownWorker[];
  runs: readonly RunSum[];
  calls: readonly CallSum[];
}

type Happened = Pick<TopologyEdge, "count" | "refused"> & { last: number | null };

const NEVER: Happened = { count: 0, refused: 0, last: null };
/** Between the name of a connection and that of its tool. */
const OF_CONNECTION = "__";

/** Nodes and edges as they are found, each once. */
class Picture {
  readonly nodes = new Map<string, TopologyNode>();
  readonly edges = new Map<string, TopologyEdge>();

  node(kind: TopologyNode["kind"], name: string, id = `${kind}:${name}`): string {
    if (!this.nodes.has(id)) this.nodes.set(id, { id, kind, name });
    return id;
  }

  edge(
    kind: TopologyEdge["kind"],
    [from, to]: [from: string, to: string],
    { declared, happened = NEVER }: { declared: boolean; happened?: Happened },
  ): void {
    const key = `${kind} ${from} ${to}`;
    const known = this.edges.get(key);
    const last = Math.max(Date.parse(known?.last_at ?? "") || 0, happened.last ?? 0);
    this.edges.set(key, {
      from,
      to,
      kind,
      declared: declared || (known?.declared ?? false),
      count: (known?.count ?? 0) + happened.count,
      refused: (known?.refused ?? 0) + happened.refused,
      last_at: last === 0 ? null : new Date(last).toISOString(),
    });
  }
}

/** Who calls what, by what is declared and what happened; so much of it as one answer holds. Pure. */
export function buildTopology({ workers, runs, calls }: TopologySources): Topology {
  const picture = new Picture();
  const shown = new Set(workers.map(({ name }) => name));
  for (const worker of workers) addDeclared(picture, worker);
  for (const { worker, source, ...happened } of runs) {
    if (!shown.has(worker)) continue;
    const way: [string, string] = [picture.node("client", source), picture.node("worker", worker)];
    picture.edge("starts", way, { declared: false, happened: { ...happened, refused: 0 } });
  }
  for (const call of calls) if (shown.has(call.worker)) addCall(picture, call);
  const most = limits.topology_edges.value;
  const edges = [...picture.edges.values()];
  const kept = edges.slice(0, most);
  const named = new Set(kept.flatMap(({ from, to }) => [from, to]));
  const isWhole = edges.length <= most;
  return {
    nodes: [...picture.nodes.values()].filter(({ id }) => isWhole || named.has(id)),
    edges: kept,
    looked_at: {
      runs: runs.reduce((sum, { count }) => sum + count, 0),
      calls: calls.reduce((sum, { count }) => sum + count, 0),
    },
    truncated: !isWhole,
  };
}

function addDeclared(picture: Picture, { name, manifest }: ShownWorker): void {
  const worker = picture.node("worker", name);
  const declared = { declared: true };
  for (const other of manifest.calls)
    picture.edge("starts", [worker, picture.node("worker", other)], declared);
  for (const { name: tool, url } of manifest.http?.tools ?? []) {
    const node = picture.node("tool", tool, `tool:${name}/${tool}`);
    picture.edge("calls", [worker, node], declared);
    picture.edge("reaches", [node, picture.node("service", hostOf(url))], declared);
  }
  for (const { name: connection } of listWantedConnections(manifest))
    picture.edge("reaches", [worker, picture.node("service", connection)], declared);
  for (const host of manifest.capabilities.network.allow_out)
    picture.edge("reaches", [worker, picture.node("service", host)], declared);
}

/** A tool of a connection goes by its connection's name before its own. */
function addCall(picture: Picture, { worker, tool, source, ...happened }: CallSum): void {
  const node = picture.node("tool", tool, `tool:${worker}/${tool}`);
  picture.edge("calls", [picture.node("worker", worker), node], { declared: false, happened });
  const isOfConnection = source === "mcp" || source === "composio" || source === "connection";
  const at = tool.indexOf(OF_CONNECTION);
  if (!isOfConnection || at < 1) return;
  picture.edge("reaches", [node, picture.node("service", tool.slice(0, at))], { declared: false, happened });
}

/** The host of an address with placeholders in it, which stand behind the host alone. */
function hostOf(url: string): string {
  return /^[a-z]+:\/\/([^/?#]+)/i.exec(url)?.[1] ?? url;
}
