import { afterEach, expect, it } from "vitest";
import type { Topology } from "#contract/topology/topology";
import { callCli } from "../../../test/support/cli-host.ts";
import { startFakeEdge } from "../../../test/support/fake-edge.ts";
import type { FakeEdge } from "../../../test/support/fake-edge.ts";

const topology: Topology = {
  nodes: [
    { id: "client:mcp", kind: "client", name: "mcp" },
    { id: "worker:hello", kind: "worker", name: "hello" },
  ],
  edges: [
    {
      from: "client:mcp",
      to: "worker:hello",
      kind: "starts",
      declared: false,
      count: 3,
      refused: 0,
      last_at: "2026-01-01T00:00:00.000Z",
    },
  ],
  looked_at: { runs: 3, calls: 0 },
  truncated: true,
};

let edge: FakeEdge | undefined;
afterEach(async () => {
  await edge?.close();
});

it("shows who calls what for people and for programs, and that there is more", async () => {
  edge = await startFakeEdge({ getTopology: () => topology });
  const shown = await callCli(["topology"], { edge });
  expect(shown.stdout).toMatch(/client:mcp +starts +worker:hello +no +3 +0 +1 day ago/);
  expect(shown.stderr).toContain("--worker");
  const json = await callCli(["topology", "--worker", "hello", "--json"], { edge });
  expect(JSON.parse(json.stdout)).toEqual(topology);
  expect(edge.requests.at(-1)?.query).toEqual({ worker: "hello" });
});
