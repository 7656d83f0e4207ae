import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Json } from "#contract/json";
import type { HttpTool } from "#contract/manifest/http-tool";
import { httpMethods } from "#contract/manifest/http-tool";
import { sampleTool } from "../../test/support/http/sample-tool.ts";
import { KvInMemory } from "../../test/support/workerd/kv-in-memory.ts";
import { verifies } from "../../test/verifies.ts";
import { buildHttpRequest } from "../connections/http-call.ts";
import { openStrangerDial } from "../platform/network/dial-client.ts";
import { parseManifest } from "../registry/parse-manifest.ts";
import type { GateRules } from "../runs/spec/gate-rules.ts";
import { CallRecords } from "../tools/call-records.ts";
import { CallGate } from "../tools/gate.ts";
import type { GateDeps, HoldVerdict } from "../tools/gate.ts";
import { createHttpDriver } from "./http-driver.ts";

/** Whatever reaches the service. */
let arrived: string[];
let service: ReturnType<typeof createServer>;
let origin: string;
let verdicts: Map<string, HoldVerdict>;

beforeEach(async () => {
  arrived = [];
  verdicts = new Map();
  service = createServer((request, response) => {
    arrived.push(`${request.method} ${request.url}`);
    request.resume().on("end", () => response.setHeader("Content-Type", "application/json").end("{}"));
  });
  await new Promise<void>((resolve) => service.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
});
afterEach(() => {
  service.closeAllConnections();
  service.close();
});

function open(tool: Partial<HttpTool>, rules: Partial<GateRules> = {}, change: Partial<GateDeps> = {}) {
  const dial = openStrangerDial({ publicNetwork: undefined, allowLoopback: true });
  const driver = createHttpDriver({
    tools: [sampleTool({ name: "ask", url: `${origin}/items`, ...tool })],
    dial,
    clock: Date.now,
    sleep: async () => {},
  });
  return new CallGate({
    records: new CallRecords(new KvInMemory()),
    drivers: [driver],
    rules: {
      trust_tier: 1,
      tainted_trust_tier: null,
      allowed_tools: null,
      escalation_rules: [],
      asking: {
        label: "Approve",
        expires_ms: 60_000,
        on_expiry: "reject",
        not_by_requester: false,
        approvers_needed: 1,
      },
      ...rules,
    },
    of: { run_id: "run_1", worker: { id: "wrk_1", name: "w" } },
    clock: Date.now,
    takeCall: async () => ({ kind: "taken" }),
    holds: {
      ask: async ({ call_id }) => ({ approval_id: `apr_${call_id}` }),
      read: async (id) => verdicts.get(id) ?? { kind: "pending" },
    },
    openCredentials: async () => ({ kind: "given", values: {} }),
    mask: async (value) => value,
    tell: async () => {},
    replayed: null,
    ...change,
  });
}

const wish = (given: Json = {}, call_id = "c1") => ({ call_id, tool: "ask", arguments: given });

it("a worker of tier 1 sends no method but those that look, whatever its tool claims to be", async () => {
  verifies("gate:tiers:no-spelling");
  for (const method of httpMethods) {
    const reply = await open({ method, access: "read" }).call(wish());
    const looks = ["GET", "HEAD", "OPTIONS"].includes(method);
    expect([method, reply.kind]).toEqual([method, looks ? "answered" : "denied"]);
  }
  expect(arrived.every((one) => /^(?:GET|HEAD|OPTIONS) /.test(one))).toBe(true);
});

const OVERRIDES: [what: string, tool: Partial<HttpTool>][] = [
  ["a header", { headers: [["X-HTTP-Method-Override", "DELETE"]] }],
  ["a header in other letters", { headers: [["x-http-METHOD-override", "POST"]] }],
  ["a header with underscores, as CGI reads it", { headers: [["X_HTTP_Method_Override", "POST"]] }],
  ["a header of another name", { headers: [["X-Method-Override", "PUT"]] }],
  ["a header whose value is an argument", { headers: [["X-HTTP-Method", "{{id}}"]] }],
  ["the query", { query: [["_method", "DELETE"]] }],
  ["the query, in capitals", { query: [["_METHOD", "DELETE"]] }],
  ["the query, as a list", { query: [["_method[]", "DELETE"]] }],
  ["the query, by the header's name", { query: [["X-HTTP-Method-Override", "DELETE"]] }],
  ["the query, whose value is an argument", { query: [["_method", "{{id}}"]] }],
];

it.each(OVERRIDES)("makes no other method of one that looks by %s", async (_what, tool) => {
  verifies("gate:tiers:no-spelling");
  const reply = await open(tool).call(wish({ id: "DELETE" }));
  expect(reply).toMatchObject({ kind: "denied", code: "arguments_invalid" });
  expect(arrived).toEqual([]);
});

it("nor does one that writes become one that deletes by a field of its body, also where a caller gives the whole body", async () => {
  verifies("gate:tiers:no-spelling");
  const write = { method: "POST", access: "write" } as const;
  const bodies: NonNullable<HttpTool["body"]>[] = [
    { kind: "form", template: { _method: "DELETE" } },
    { kind: "multipart", template: { _Method: "{{id}}" } },
    { kind: "json", template: { _method: "DELETE" } },
  ];
  for (const body of bodies) {
    const reply = await open({ ...write, body }, { trust_tier: 2 }).call(wish({ id: "DELETE" }));
    expect([body.kind, reply.kind]).toEqual([body.kind, "denied"]);
  }
  const input_schema = { type: "object", properties: { all: { type: "object" } } };
  const whole = { ...write, input_schema, body: { kind: "json", template: "{{all}}" } } as const;
  const reply = await open(whole, { trust_tier: 2 }).call(wish({ all: { _method: "DELETE" } }));
  expect(reply.kind).toBe("denied");
  expect(arrived).toEqual([]);
});

it("no value of an argument adds a field to the query or a header", async () => {
  const tool = { query: [["q", "{{id}}"]], headers: [["X-Lang", "{{lang}}"]] } satisfies Partial<HttpTool>;
  await open(tool).call(wish({ id: "a&_method=DELETE", lang: "de" }));
  expect(arrived).toEqual(["GET /items?q=a%26_method%3DDELETE"]);
  const reply = await open(tool).call(wish({ id: "a", lang: "de\r\nX-HTTP-Method-Override: DELETE" }));
  expect(reply.kind).toBe("denied");
  expect(arrived).toHaveLength(1);
});

it("a manifest that says a method anywhere but in method is refused at push", () => {
  verifies("gate:tiers:no-spelling");
  const manifest = (more: string) => `schema_version: "0.3"
name: notes
title: Notes
version: 0.1.0
runtime: {trust_tier: 1}
exec: {mode: http}
exposes:
  - {name: ask, parameters: {m: {type: string}}}
http_bridge:
  - {tool_name: ask, ${more}}
`;
  const codesOf = (more: string) =>
    parseManifest(manifest(more)).findings.flatMap(({ severity, code }) =>
      severity === "error" ? [code] : [],
    );
  const url = "url: https://api.example.com/items";
  for (const more of [
    `${url}, headers: {X-Http-Method-Override: DELETE}`,
    `${url}, query: {_method: DELETE}`,
    `${url}, query_params: {m: _method}`,
    '"url": "https://api.example.com/items?_method=DELETE"',
  ])
    expect([more, codesOf(more)]).toEqual([more, ["method_override"]]);
  expect(codesOf(url)).toEqual([]);
});

it("the reading tool of a connection to an HTTP API sends no other method either", () => {
  verifies("gate:tiers:no-spelling");
  const settings = {
    base_url: "https://api.example.com/v1",
    secret: "KEY",
    header: "Authorization: {value}",
  };
  const build = (args: Json, tool = "get") => buildHttpRequest(settings, tool, args);
  for (const args of [
    { path: "/x", method: "DELETE" },
    { path: "/x", query: { _method: "DELETE" } },
    { path: "/x", query: { "X-HTTP-Method-Override": "DELETE" } },
    { path: "/x?_method=DELETE" },
  ])
    expect([args, "fault" in build(args)]).toEqual([args, true]);
  expect("fault" in build({ path: "/x", method: "POST", body: { _method: "DELETE" } }, "send")).toBe(true);
  expect(build({ path: "/x", query: { method: "cash" } })).toMatchObject({ method: "GET" });
});

it("a secret that is denied sends nothing, in whichever place of the request it stands, nor does it try again", async () => {
  verifies("gate:credentials:fail-closed");
  const places: Partial<HttpTool>[] = [
    { headers: [["Authorization", "Bearer {{secret:KEY}}"]] },
    { query: [["key", "{{secret:KEY}}"]] },
    { method: "POST", access: "write", body: { kind: "json", template: { key: "{{secret:KEY}}" } } },
    { method: "POST", access: "write", body: { kind: "form", template: { key: "{{secret:KEY}}" } } },
  ];
  const denials: GateDeps["openCredentials"][] = [
    async () => ({ kind: "denied", name: "KEY", message: "Not for this worker." }),
    // The gate was told that all is well, and yet the value is not there.
    async () => ({ kind: "given", values: {} }),
    async () => ({ kind: "given", values: { OTHER: "x" } }),
  ];
  for (const place of places) {
    for (const openCredentials of denials) {
      const gate = open(place, { trust_tier: 2 }, { openCredentials });
      for (let again = 0; again < 2; again += 1) {
        const reply = await gate.call(wish());
        const isRefused = reply.kind === "denied" || (reply.kind === "answered" && !reply.answer.ok);
        expect(isRefused).toBe(true);
      }
    }
  }
  expect(arrived).toEqual([]);
});

it("an approval lets exactly the request pass that people saw, and no other one by its id", async () => {
  verifies("gate:rules:hold-and-release");
  const tool = { method: "POST", access: "write", approval: "always", query: [["id", "{{id}}"]] } as const;
  const gate = open({ ...tool, query: [["id", "{{id}}"]] }, { trust_tier: 2 });
  expect(await gate.call(wish({ id: "1" }))).toEqual({ kind: "held", approval_id: "apr_c1" });
  verdicts.set("apr_c1", { kind: "approved", edited: null, reason: null });
  // The same id with other arguments, before and after the approved one was sent.
  expect(await gate.call(wish({ id: "2" }))).toMatchObject({ kind: "denied", code: "call_id_reused" });
  expect(await gate.call(wish({ id: "1" }))).toMatchObject({ kind: "answered" });
  expect(await gate.call(wish({ id: "2" }))).toMatchObject({ kind: "denied", code: "call_id_reused" });
  // The same arguments under another id are another call, and are asked about by themselves.
  expect(await gate.call(wish({ id: "1" }, "c2"))).toEqual({ kind: "held", approval_id: "apr_c2" });
  // And the approved one is not sent a second time.
  await gate.call(wish({ id: "1" }));
  expect(arrived).toEqual(["POST /items?id=1"]);
});
