import { expect, it } from "vitest";
import { limits } from "#contract/limits";
import { topologySchema } from "#contract/topology/topology";
import { sampleTool } from "../../test/support/http/sample-tool.ts";
import { verifies } from "../../test/verifies.ts";
import { buildTopology } from "./build-topology.ts";
import type { ShownWorker } from "./build-topology.ts";

const worker = (name: string, manifest: Partial<ShownWorker["manifest"]> = {}): ShownWorker => ({
  name,
  manifest: {
    connections: [],
    calls: [],
    capabilities: { secrets: [], files: [], network: { egress: true, allow_out: [], deny_out: [] } },
    ...manifest,
  },
});
const edgesOf = (sources: Parameters<typeof buildTopology>[0]) =>
  topologySchema
    .parse(buildTopology(sources))
    .edges.map(({ from, kind, to, declared, count }) => [from, kind, to, declared, count].join(" "));

it("puts what is declared and what happened together, and tells one from the other", () => {
  verifies("topology:declared-and-happened");
  const tools = [sampleTool({ name: "get-note", url: "https://notes.example.com/notes/{{id}}" })];
  const bridge = worker("bridge", { http: { tools, variables: {} }, calls: ["other"] });
  const agent = worker("agent", { connections: [{ mcp: "linear" }] });
  const edges = edgesOf({
    workers: [bridge, agent, worker("other")],
    runs: [{ worker: "bridge", source: "mcp", count: 3, last: 5 }],
    calls: [
      { worker: "bridge", tool: "get-note", source: "http", count: 2, refused: 1, last: 7 },
      { worker: "bridge", tool: "gone", source: "http", count: 1, refused: 1, last: 7 },
      { worker: "agent", tool: "linear__search", source: "mcp", count: 4, refused: 0, last: 9 },
    ],
  });
  expect(edges).toEqual([
    "worker:bridge starts worker:other true 0",
    "worker:bridge calls tool:bridge/get-note true 2",
    "tool:bridge/get-note reaches service:notes.example.com true 0",
    "worker:agent reaches service:linear true 0",
    "client:mcp starts worker:bridge false 3",
    "worker:bridge calls tool:bridge/gone false 1",
    "worker:agent calls tool:agent/linear__search false 4",
    "tool:agent/linear__search reaches service:linear false 4",
  ]);
});

it("leaves out what a worker that is not shown did", () => {
  const runs = [{ worker: "hidden", source: "cli", count: 1, last: 1 }];
  const calls = [{ worker: "hidden", tool: "t", source: "http", count: 1, refused: 0, last: 1 }];
  const { nodes, edges } = buildTopology({ workers: [worker("shown")], runs, calls });
  expect([nodes.map(({ id }) => id), edges]).toEqual([["worker:shown"], []]);
});

it("shows so many edges and says that there are more, with the nodes of those alone", () => {
  const most = limits.topology_edges.value;
  const calls = Array.from({ length: most + 5 }, (_, n) => ({
    worker: "a",
    tool: `tool-${n}`,
    source: "http",
    count: 1,
    refused: 0,
    last: 1,
  }));
  const topology = buildTopology({ workers: [worker("a")], runs: [], calls });
  expect([topology.edges.length, topology.nodes.length, topology.truncated]).toEqual([most, most + 1, true]);
});
