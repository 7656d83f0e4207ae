import { afterEach, expect, it } from "vitest";
import { callCli } from "../../../test/support/cli-host.ts";
import { startFakeEdge } from "../../../test/support/fake-edge.ts";
import type { FakeEdge } from "../../../test/support/fake-edge.ts";

let edge: FakeEdge | undefined;
afterEach(async () => {
  await edge?.close();
});

const name = "prometheus.base_url";
const value = "https://prometheus.example.com";

it("lists, sets and deletes the workspace's variables", async () => {
  const opened = await startFakeEdge({
    listVariables: () => ({ variables: [{ name, value }] }),
    setVariable: () => ({ name, value }),
    deleteVariable: () => undefined,
  });
  edge = opened;
  const call = (...argv: string[]) => callCli(["variables", ...argv], { edge: opened });
  expect((await call("list")).stdout).toContain(`${name}  ${value}`);
  expect((await call("set", name, value)).stdout).toContain("from the next push");
  expect(opened.requests.at(-1)).toMatchObject({ routeId: "setVariable", params: { variable: name } });
  expect(opened.requests.at(-1)?.json()).toEqual({ value });
  expect((await call("delete", name)).exitCode).toBe(0);
});
