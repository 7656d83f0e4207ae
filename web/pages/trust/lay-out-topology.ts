import type { Topology, TopologyEdge, TopologyNode } from "#contract/topology/topology";

/** From left to right: who starts, what runs, what is called, what is reached. */
export const columns: readonly TopologyNode["kind"][] = ["client", "worker", "tool", "service"];

/** Of a column so many are drawn; the table has them all. */
const MOST_DRAWN = 40;
const ROW_PX = 44;
const COLUMN_PX = 260;
const HEAD_PX = 36;
export const NODE_WIDTH_PX = 176;
export const NODE_HEIGHT_PX = 32;
/** So often neighbours are looked at to bring what belongs together beside each other. */
const ROUNDS = 4;

/** Pixels from the left upper corner of the drawing. */
export interface PlacedNode extends TopologyNode {
  left: number;
  top: number;
}

export interface PlacedEdge extends TopologyEdge {
  id: string;
  /** A path as SVG writes it. */
  path: string;
}

export interface TopologyLayout {
  nodes: PlacedNode[];
  edges: PlacedEdge[];
  /** How many nodes of the topology have no room in the drawing. */
  leftOut: number;
  width: number;
  height: number;
}

const meanOf = (numbers: readonly number[]) =>
  numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

/** The nodes of each column, ordered so that what is connected stands at about the same height. Pure. */
function orderColumns({ nodes, edges }: Topology): TopologyNode[][] {
  const busy = new Map<string, number>();
  for (const { from, to, count } of edges)
    for (const id of [from, to]) busy.set(id, (busy.get(id) ?? 0) + count + 1);
  const known = columns.map((kind) =>
    nodes
      .filter((node) => node.kind === kind)
      .toSorted((a, b) => (busy.get(b.id) ?? 0) - (busy.get(a.id) ?? 0) || a.name.localeCompare(b.name))
      .slice(0, MOST_DRAWN),
  );
  let ordered = known;
  for (let round = 0; round < ROUNDS; round++) {
    const rows = new Map(ordered.flatMap((column) => column.map(({ id }, row) => [id, row] as const)));
    const wanted = (id: string): number => {
      const near = edges.flatMap(({ from, to }) => (from === id ? [to] : to === id ? [from] : []));
      const found = near.flatMap((other) => rows.get(other) ?? []);
      return found.length === 0 ? (rows.get(id) ?? 0) : meanOf(found);
    };
    ordered = ordered.map((column) => {
      const heights = new Map(column.map(({ id }) => [id, wanted(id)]));
      return column.toSorted((a, b) => (heights.get(a.id) ?? 0) - (heights.get(b.id) ?? 0));
    });
  }
  return ordered;
}

/** From the right edge of one node to the left edge of another; within a column, and backwards, as a loop to the right. Pure. */
function drawPath(from: PlacedNode, to: PlacedNode): string {
  const [startX, startY] = [from.left + NODE_WIDTH_PX, from.top + NODE_HEIGHT_PX / 2];
  const endY = to.top + NODE_HEIGHT_PX / 2;
  if (to.left <= from.left) {
    const endX = to.left + NODE_WIDTH_PX;
    const far = Math.max(startX, endX) + (COLUMN_PX - NODE_WIDTH_PX) / 2;
    return `M ${startX} ${startY} C ${far} ${startY}, ${far} ${endY}, ${endX} ${endY}`;
  }
  const middle = (startX + to.left) / 2;
  return `M ${startX} ${startY} C ${middle} ${startY}, ${middle} ${endY}, ${to.left} ${endY}`;
}

/** Where each node of a topology stands, and how its edges run. Pure. */
export function layOutTopology(topology: Topology): TopologyLayout {
  const ordered = orderColumns(topology);
  const nodes = ordered.flatMap((column, at) =>
    column.map((node, row): PlacedNode => ({ ...node, left: at * COLUMN_PX, top: HEAD_PX + row * ROW_PX })),
  );
  const placed = new Map(nodes.map((node) => [node.id, node]));
  const edges = topology.edges.flatMap((edge): PlacedEdge[] => {
    const [from, to] = [placed.get(edge.from), placed.get(edge.to)];
    if (from === undefined || to === undefined) return [];
    return [{ ...edge, id: `${edge.kind} ${edge.from} ${edge.to}`, path: drawPath(from, to) }];
  });
  return {
    nodes,
    edges,
    leftOut: topology.nodes.length - nodes.length,
    width: (columns.length - 1) * COLUMN_PX + NODE_WIDTH_PX,
    height: HEAD_PX + Math.max(1, ...ordered.map(({ length }) => length)) * ROW_PX,
  };
}
