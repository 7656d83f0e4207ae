import type { Client } from "@modelcontextprotocol/client";
import { expect, it } from "vitest";
import { callTool, openMcp } from "../../test/support/workerd/mcp-client.ts";

const openFull = () => openMcp({ path: "/mcp?toolset=full" });
const placesOf = async (client: Client, name: string, args: Record<string, unknown>) => {
  const { isError, said } = await callTool(client, name, args);
  const errors = said["errors"] as { pointer: string }[] | undefined;
  return [isError, said["code"], ...(errors ?? []).map(({ pointer }) => pointer)];
};

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
