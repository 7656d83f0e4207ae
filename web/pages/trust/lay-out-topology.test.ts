import { expect, test } from "vitest";
import type { Topology } from "#contract/topology/topology";
import { layOutTopology } from "./lay-out-topology.ts";

const node = (kind: Topology["nodes"][number]["kind"], name: string) => ({
  id: `${kind}:${name}`,
  kind,
  name,
});
const edge = (from: string, to: string, count = 1) => ({
  from,
  to,
  kind: "starts" as const,
  declared: true,
  count,
  refused: 0,
  last_at: null,
});
const topology = (nodes: Topology["nodes"], edges: Topology["edges"]): Topology => ({
  nodes,
  edges,
  looked_at: { runs: 0, calls: 0 },
  truncated: false,
});

test("who starts stands left of what runs, and no two nodes stand on each other", () => {
  const nodes = [
    node("service", "s"),
    node("worker", "a"),
    node("worker", "b"),
    node("client", "web"),
    node("tool", "t"),
  ];
  const { nodes: placed } = layOutTopology(topology(nodes, []));
  expect(placed.map(({ kind }) => kind)).toEqual(["client", "worker", "worker", "tool", "service"]);
  expect(new Set(placed.map(({ left, top }) => `${left} ${top}`)).size).toBe(5);
});

test("what is connected stands at the same height, so that lines do not cross for nothing", () => {
  const names = ["a", "b", "c", "d"];
  const nodes = [...names.map((name) => node("client", name)), ...names.map((name) => node("worker", name))];
  const edges = names.map((name, at) => edge(`client:${name}`, `worker:${names[3 - at]}`, at));
  const { nodes: placed, edges: drawn } = layOutTopology(topology(nodes, edges));
  const topOf = (id: string) => placed.find((one) => one.id === id)?.top;
  expect(drawn.map(({ from, to }) => topOf(from) === topOf(to))).toEqual([true, true, true, true]);
});

test("of a column with too many the busiest are drawn, and it is said how many are not", () => {
  const nodes = Array.from({ length: 60 }, (_, at) => node("worker", `w${at}`));
  const edges = [edge("worker:w59", "worker:w59", 9)];
  const layout = layOutTopology(topology(nodes, edges));
  expect([layout.nodes.length, layout.leftOut]).toEqual([40, 20]);
  expect(layout.nodes.some(({ id }) => id === "worker:w59")).toBe(true);
  expect(layout.edges).toHaveLength(1);
});

test("an edge to what is not there is left out", () => {
  expect(layOutTopology(topology([node("client", "a")], [edge("client:a", "worker:none")])).edges).toEqual(
    [],
  );
});
