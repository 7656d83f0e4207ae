import { Validator } from "@cfworker/json-schema";
import { expect, it } from "vitest";
import * as z from "zod";
import { defaultTools } from "#contract/tools/default-tools";
import { fullTools } from "#contract/tools/full-tools";
import type { PlatformTool } from "#contract/tools/tool";
import { routes } from "#contract/routes";
import type { TableRoute } from "#contract/routes";
import { ownerToken, ownerWorkspace } from "../../../test/support/workerd/api-harness.ts";
import { callTool, openMcp, openOlderMcp } from "../../../test/support/workerd/mcp-client.ts";
import { namedBy, requestOf } from "../../../test/support/workerd/route-requests.ts";
import type { Things } from "../../../test/support/workerd/route-requests.ts";
import { seedThings } from "../../../test/support/workerd/seed-things.ts";
import { verifies } from "../../../test/verifies.ts";

const schemaForm = z.looseObject({
  type: z.literal("object"),
  properties: z.record(z.string(), z.looseObject({})),
});
const ORDER = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/** Reads first, and what takes away last. */
const tools = [...defaultTools, ...fullTools].toSorted(
  (a, b) => ORDER.indexOf(routes[a.route].method) - ORDER.indexOf(routes[b.route].method),
);

/** No run ends by itself here. */
const waits: Record<string, object> = { run_start: { wait: 0 }, run_wait: { seconds: 0 } };

/** The arguments by which a tool makes the request that its route takes. */
function argumentsFor(tool: PlatformTool, things: Things): Record<string, unknown> {
  const route: TableRoute = routes[tool.route];
  const names = Array.from(route.path.matchAll(/\{(\w+)\}/g), ([, name = ""]) => name);
  const named = namedBy(route).map((thing, at) => [names[at] ?? "", things[thing]] as const);
  const { path, call } = requestOf(route, things);
  const query = new URL(path, "http://floom.test").searchParams;
  const given = {
    ...Object.fromEntries(named),
    ...Object.fromEntries(query),
    ...(call.json as object | undefined),
  };
  return { ...given, ...waits[tool.name] };
}

it("whatever a tool of the platform answers, done or refused, is what it declares", async () => {
  verifies("mcp:answers:as-declared");
  const things = await seedThings({ token: ownerToken, workspace_id: ownerWorkspace }, "with-everything");
  const client = await openMcp({ path: "/mcp?toolset=full" });
  const declared = new Map(
    (await client.listTools()).tools.map(({ name, outputSchema }) => [name, outputSchema]),
  );
  const answered = [];
  for (const tool of tools) {
    // The client throws for an answer that is none of the declared ones.
    const { isError, said } = await callTool(client, tool.name, argumentsFor(tool, things));
    const schema = schemaForm.parse(declared.get(tool.name));
    const { valid, errors } = new Validator(schema, "2020-12", false).validate(said);
    expect([tool.name, valid, errors]).toEqual([tool.name, true, []]);
    if (!isError) answered.push(tool.name);
  }
  expect(answered.length).toBeGreaterThan(tools.length / 2);
});

it("the official client of the first era takes every answer as well, cut short or not", async () => {
  const client = await openOlderMcp();
  await client.listTools();
  const big = Object.fromEntries(Array.from({ length: 3000 }, (_, at) => [`k${at}`, ["v".repeat(40), at]]));
  await client.callTool({ name: "store_set", arguments: { key: "big", value: big } });
  const cut = await client.callTool({ name: "store_get", arguments: { key: "big" } });
  expect(cut.structuredContent).toHaveProperty("value");
  for (const args of [{}, { verbose: true }, { limit: 0 }, { nope: 1 }])
    await expect(client.callTool({ name: "run_list", arguments: args })).resolves.toBeDefined();
});
