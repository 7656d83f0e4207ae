import { runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { createMcpHandler, Server } from "@modelcontextprotocol/server";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import {
  connectionSchema,
  connectionTestSchema,
  connectionToolsSchema,
} from "#contract/connections/connection";
import type { Connection } from "#contract/connections/connection";
import { problemSchema } from "#contract/problem";
import { callApi, ownerWorkspace, strangerToken } from "../../test/support/workerd/api-harness.ts";
import { verifies } from "../../test/verifies.ts";

/** A server over the network of these tests, which ends here. */
const server = createMcpHandler(() => {
  const one = new Server({ name: "test", version: "1.0.0" }, { capabilities: { tools: {} } });
  one.setRequestHandler("tools/list", () => ({
    tools: [{ name: "search", description: "Finds.", inputSchema: { type: "object" as const } }],
  }));
  return one;
});
const TOKEN = "s3cret-of-linear-1";

beforeEach(() => {
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    const request = new Request(url, init);
    if (new URL(url).host !== "mcp.example") return new Response(null, { status: 404 });
    if (request.headers.get("authorization") !== `Bearer ${TOKEN}`)
      return new Response(null, { status: 401 });
    return server.fetch(request);
  });
});
afterEach(() => vi.unstubAllGlobals());

let made = 0;
async function makeConnection(more: Record<string, unknown> = {}): Promise<Connection> {
  await callApi("POST", "/api/secrets/LINEAR_TOKEN", { json: { value: TOKEN } });
  const json = {
    kind: "mcp",
    name: `linear-${(made += 1)}`,
    mcp: { url: "https://mcp.example/mcp", auth: "bearer:LINEAR_TOKEN" },
    ...more,
  };
  const answer = await callApi("POST", "/api/connections", { json });
  expect(answer.status, await answer.clone().text()).toBe(200);
  return connectionSchema.parse(await answer.json());
}
const codeOf = async (answer: Response) => problemSchema.parse(await answer.json()).code;

it("a connection is made, tested, its tools accepted, changed and removed, and no answer has its credential", async () => {
  verifies("connections:credentials:sealed");
  const { id, name, status } = await makeConnection();
  expect(status).toBe("active");
  const at = `/api/connections/${name}`;
  const tested = connectionTestSchema.parse(await (await callApi("POST", `${at}/test`)).json());
  expect(tested).toMatchObject({ status: "valid", tools: [{ full_name: `${name}__search`, state: "new" }] });
  const { tools } = connectionToolsSchema.parse(await (await callApi("GET", `${at}/tools`)).json());
  const json = { tools: tools.map(({ name: tool, digest }) => ({ name: tool, digest })) };
  const pinned = connectionToolsSchema.parse(await (await callApi("POST", `${at}/pin`, { json })).json());
  expect(pinned.tools).toMatchObject([{ state: "accepted" }]);
  const changed = await callApi("PATCH", at, { json: { enabled: false, display_name: "Issues" } });
  expect(await changed.json()).toMatchObject({ status: "disabled", display_name: "Issues", id });
  const list = await (await callApi("GET", "/api/connections")).text();
  expect(list).toContain(id);
  expect(list).not.toContain(TOKEN);
  const stored = await env.DB.prepare("SELECT * FROM connections WHERE id = ?").bind(id).first();
  expect(JSON.stringify(stored)).not.toContain(TOKEN);
  expect((await callApi("DELETE", at)).status).toBe(204);
  expect((await callApi("GET", at)).status).toBe(404);
});

it("a connection that was used is looked at by itself, and one that was switched off is not", async () => {
  verifies("connections:health:watched");
  const { id, name } = await makeConnection();
  await callApi("POST", `/api/connections/${name}/test`);
  const object = env.CONNECTION_OBJECT.get(env.CONNECTION_OBJECT.idFromName(id));
  expect(await runDurableObjectAlarm(object)).toBe(true);
  await callApi("PATCH", `/api/connections/${name}`, { json: { enabled: false } });
  expect((await callApi("DELETE", `/api/connections/${name}`)).status).toBe(204);
  expect(await runDurableObjectAlarm(object)).toBe(false);
});

it("another workspace is told that there is no such connection", async () => {
  verifies("connections:rooms:own");
  const { id, name } = await makeConnection();
  const token = await strangerToken();
  const asked = [
    ["GET", "", undefined],
    ["PATCH", "", { enabled: false }],
    ["DELETE", "", undefined],
    ["POST", "/test", undefined],
    ["GET", "/tools", undefined],
    ["POST", "/authorize", undefined],
    ["POST", "/pin", { tools: [{ name: "search", digest: "0".repeat(64) }] }],
  ] as const;
  for (const [method, path, json] of asked) {
    for (const ref of [id, name]) {
      const answer = await callApi(method, `/api/connections/${ref}${path}`, { json, token });
      expect(answer.status, path).toBe(404);
    }
  }
  expect(await (await callApi("GET", "/api/connections", { token })).json()).toEqual([]);
});

it("a person's own connection is theirs alone", async () => {
  verifies("connections:rooms:own");
  const { id } = await makeConnection();
  await env.DB.prepare("UPDATE connections SET user_id = 'usr_somebody' WHERE id = ?").bind(id).run();
  expect((await callApi("GET", `/api/connections/${id}`)).status).toBe(404);
  const refused = await callApi("POST", "/api/connections", {
    json: { kind: "mcp", name: "mine", owner: "me", mcp: { url: "https://mcp.example/mcp" } },
  });
  expect(await refused.json()).toMatchObject({ errors: [{ pointer: "/owner" }] });
});

it.each([
  ["http://mcp.example/mcp", "/mcp/url"],
  ["https://10.0.0.1/mcp", "/mcp/url"],
  ["https://user:pass@mcp.example/mcp", "/mcp/url"],
  ["nothing", "/mcp/url"],
])("a connection to %s is not made", async (url, pointer) => {
  verifies("connections:dial:guarded");
  const answer = await callApi("POST", "/api/connections", {
    json: { kind: "mcp", name: "bad", mcp: { url } },
  });
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ code: "invalid_connection", errors: [{ pointer }] });
});

it("a name is one connection's, and an app needs the server's key at Composio", async () => {
  verifies("connections:composio:api");
  const { name } = await makeConnection();
  const twice = await callApi("POST", "/api/connections", {
    json: { kind: "http", name, http: { base_url: "https://api.example", secret: "K" } },
  });
  expect(await codeOf(twice)).toBe("connection_name_taken");
  const app = await callApi("POST", "/api/connections", {
    json: { kind: "composio", name: "gmail", composio: { app: "gmail" } },
  });
  expect(app.status).toBe(503);
  expect(await codeOf(app)).toBe("composio_not_configured");
});

it("a secret that is bound to other hosts, or kept to some workers, goes nowhere by a connection", async () => {
  verifies("connections:credentials:sealed");
  await callApi("POST", "/api/secrets/BOUND", { json: { value: "bound-value-1", hosts: ["other.example"] } });
  const { name, status, status_reason } = await makeConnection({
    mcp: { url: "https://mcp.example/mcp", auth: "bearer:BOUND" },
  });
  expect([status, status_reason]).toEqual(["failed", expect.stringContaining("bound to other.example")]);
  expect((await callApi("DELETE", `/api/connections/${name}`)).status).toBe(204);
});

it("a forged, foreign or missing state ends no sign-in", async () => {
  verifies("connections:oauth:state-once");
  const { id } = await makeConnection();
  const forged = [id, ownerWorkspace, "", "nonce", (Date.now() + 60_000).toString(36), "0".repeat(64)].join(
    ".",
  );
  for (const query of ["", "?code=x", `?state=${forged}&code=x`]) {
    expect(await codeOf(await callApi("GET", `/api/connections/callback${query}`))).toBe(
      "connection_sign_in_refused",
    );
  }
  expect((await callApi("GET", `/api/connections/callback?state=${forged}`, { token: "" })).status).toBe(401);
});

it("Floom describes itself as a client to whoever asks", async () => {
  verifies("connections:oauth:client");
  const answer = await callApi("GET", "/api/connections/oauth-client", { token: "" });
  expect(await answer.json()).toMatchObject({
    client_name: "Floom",
    redirect_uris: ["http://floom.test/api/connections/callback"],
  });
});
