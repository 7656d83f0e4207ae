import type { Client } from "@modelcontextprotocol/client";
import { expect, it } from "vitest";
import { callApi } from "../../test/support/workerd/api-harness.ts";
import { callTool, openMcp } from "../../test/support/workerd/mcp-client.ts";

const openFull = () => openMcp({ path: "/mcp?toolset=full" });
const placesOf = async (client: Client, name: string, args: Record<string, unknown>) => {
  const { isError, said } = await callTool(client, name, args);
  const errors = said["errors"] as { pointer: string }[] | undefined;
  return [isError, said["code"], ...(errors ?? []).map(({ pointer }) => pointer)];
};

it("a name that is a step of a path leads a tool to no other route", async () => {
  const client = await openFull();
  for (const step of [".", ".."]) {
    // The first would be asked of the secret `test`, the third of the worker `versions`.
    for (const [name, args] of Object.entries({
      test_secret: { secret: step },
      run_get: { run: step },
      version_list: { worker: step },
      run_start: { worker: step },
      run_wait: { run: step },
      approval_decide: { approval: step, decision: "reject" },
      get_context_file: { context: "c", file: step },
    }))
      expect([name, ...(await placesOf(client, name, args))]).toEqual([name, true, "not_found"]);
  }
  const secrets = (await (await callApi("GET", "/api/secrets")).json()) as { name: string }[];
  expect(JSON.stringify(secrets)).not.toContain('"test"');
});

it("a list or an object where a text belongs is refused with its place, and nothing is read or written without it", async () => {
  const client = await openFull();
  await callTool(client, "store_set", { key: "kept", value: 1 });
  expect(await placesOf(client, "store_delete", { key: "kept", worker: ["w"] })).toEqual([
    true,
    "invalid_arguments",
    "/worker",
  ]);
  expect((await callTool(client, "store_get", { key: "kept" })).said).toMatchObject({ value: 1 });
  expect(await placesOf(client, "run_list", { worker: { is: "w" } })).toContain("/worker");
  expect(await placesOf(client, "get_run_patterns", { zone: [] })).toContain("/zone");
  await callTool(client, "create_context", { context: "notes" });
  await callTool(client, "put_context_file", { context: "notes", file: "a.txt", content: "kept" });
  for (const content of [{ a: 1 }, 5, null, undefined]) {
    expect(await placesOf(client, "put_context_file", { context: "notes", file: "a.txt", content })).toEqual([
      true,
      "invalid_arguments",
      "/content",
    ]);
  }
  const file = await callTool(client, "get_context_file", { context: "notes", file: "a.txt" });
  expect(JSON.stringify(file.said)).toContain("kept");
});

it("what is wrong has its place as a pointer, wherever the route has the argument", async () => {
  const client = await openFull();
  expect(await placesOf(client, "run_list", { cursor: "forged" })).toContain("/cursor");
  expect(await placesOf(client, "store_get", { key: "" })).toContain("/key");
  expect(await placesOf(client, "get_worker_stats", { worker: "w", days: -1 })).toContain("/days");
  expect(await placesOf(client, "run_wait", { run: "r", "a/b": 1, c: 2 })).toEqual(
    expect.arrayContaining(["/a~1b", "/c"]),
  );
  for (const verbose of ["true", 1, []]) {
    expect(await placesOf(client, "worker_list", { verbose })).toEqual([
      true,
      "invalid_arguments",
      "/verbose",
    ]);
  }
  const trigger = "trg_00000000000000000000000000";
  expect(await placesOf(client, "redeliver_many", { trigger, ids: ["x"] })).toContain("/ids/0");
  expect(await placesOf(client, "redeliver_many", { trigger, filter: { verdict: "x" } })).toContain(
    "/filter/verdict",
  );
});

it("a body that has one of several forms is told and taken whole", async () => {
  const client = await openFull();
  const { tools } = await client.listTools();
  const schemaOf = (name: string) => tools.find((tool) => tool.name === name)?.inputSchema;
  expect(schemaOf("create_connection")).toMatchObject({
    properties: { kind: { enum: ["mcp", "http", "composio"] }, name: {}, mcp: {}, http: {}, composio: {} },
    required: ["kind", "name"],
  });
  expect(schemaOf("redeliver_many")).toMatchObject({ properties: { ids: {}, filter: {} } });
  const connection = {
    kind: "http",
    name: "shop",
    http: { base_url: "https://shop.example", secret: "SHOP" },
  };
  await callTool(client, "secret_set", { secret: "SHOP", value: "a-long-value" });
  expect(await callTool(client, "create_connection", connection)).toMatchObject({
    isError: false,
    said: { name: "shop" },
  });
});

it("a key that no header can hold is refused with its place, however it is given", async () => {
  const client = await openFull();
  for (const key of ["a\nb", "a\u0000", "ä b", "💥"]) {
    expect(await placesOf(client, "run_start", { worker: "w", idempotency_key: key })).toEqual([
      true,
      "invalid_arguments",
      "/idempotency_key",
    ]);
  }
  for (const key of ["a\nb", 5, ["k"]]) {
    const call = { name: "run_start", arguments: { worker: "w" }, _meta: { "floom/idempotency_key": key } };
    await expect(client.callTool(call)).rejects.toMatchObject({ code: -32602 });
  }
});
