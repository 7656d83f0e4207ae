import { env } from "cloudflare:workers";
import { runInDurableObject } from "cloudflare:test";
import { beforeEach, expect, it } from "vitest";
import { auditPageSchema } from "#contract/audit/audit";
import type { GateEvent } from "#contract/audit/gate-events";
import { gateEventKindSchema } from "#contract/audit/gate-events";
import { workspaceIdSchema } from "#contract/ids";
import { parseJson } from "#contract/json";
import { routes } from "#contract/routes";
import { verifiedPartSchema } from "#contract/audit/chain";
import { callApi, ownerWorkspace, testHost } from "../../test/support/workerd/api-harness.ts";
import { auditStubOf } from "../../test/support/workerd/housekeeping.ts";
import { verifies } from "../../test/verifies.ts";
import { auditDeps } from "../compose/guard-deps.ts";
import { bringInStranded } from "./service.ts";
import { SEEN_AT_ONCE } from "./store.ts";
import { auditRowForm } from "./stranded-event.ts";
import { recordToolCall } from "./tool-call-service.ts";

const workspace = workspaceIdSchema.parse(ownerWorkspace);
const deps = auditDeps(testHost);
const secret = "hunter2-and-more";

const of = {
  call_id: "call_1",
  at: Date.now(),
  run_id: "run_1",
  worker: { id: "wrk_1", name: "hello" },
  tool: "get_weather",
};
const called: GateEvent = {
  event: "tool_call",
  ...of,
  parameters: { city: "Bern", API_KEY: secret },
  request: { method: "GET", url: `https://a.example/?secret=${secret}` },
  source: "http",
  effect: "read",
  method: "GET",
  outcome: "success",
  duration_ms: 12,
  credentials: ["WEATHER"],
};
const outcomes: GateEvent[] = [
  called,
  {
    event: "trust_violation",
    ...of,
    parameters: {},
    tier: 1,
    forbidden: "POST",
    message: "Tier 1 may not write.",
  },
  {
    event: "credential_access",
    ...of,
    credential: "STRIPE",
    granted: false,
    hosts: ["a.example"],
    message: "Not for it.",
  },
  { event: "escalation_hold", ...of, parameters: { amount: 5000 }, approval_id: "apr_1", rule: "large" },
  {
    event: "lifecycle",
    step_id: "ver_1/promoted",
    at: of.at,
    step: "promoted",
    worker: of.worker,
    version_id: "ver_1",
    actor: { kind: "account", id: "usr_1", user_id: "usr_1" },
  },
];

const entries = async () =>
  (await auditStubOf(ownerWorkspace).read(0)).map(({ entry }) => auditRowForm.readText(entry));
const away = async () => {
  throw new Error("It is away.");
};

beforeEach(async () => {
  await callApi("GET", "/api/workspace/info");
});

it("each outcome is one entry with who, what and how it ended, and the chain with them is whole", async () => {
  verifies("audit:calls:exactly-once");
  for (const event of outcomes) await recordToolCall(deps, workspace, event);
  const kept = await entries();
  expect(kept.map(({ action, outcome, code }) => [action, outcome, code])).toEqual([
    ["tool_call", "done", null],
    ["trust_violation", "refused", "tier_forbids"],
    ["credential_access", "refused", "credential_denied"],
    ["escalation_hold", "done", null],
    ["lifecycle", "done", null],
  ]);
  expect(kept[0]).toMatchObject({
    actor_kind: "run",
    actor_id: "run_1",
    resource_kind: "tool",
    resource_id: "get_weather",
    worker: "hello",
    details: { worker_id: "wrk_1", parameters: { city: "Bern", API_KEY: "(hidden)" }, duration_ms: 12 },
  });
  const { results } = await env.DB.prepare("SELECT action, worker FROM audit_events ORDER BY rowid").all();
  expect(results).toHaveLength(5);
  expect(results[0]).toEqual({ action: "tool_call", worker: "hello" });
  const part = verifiedPartSchema.parse(await (await callApi("GET", "/api/audit/verify")).json());
  expect(part).toMatchObject({ entries: 5, broken: null });
});

it("a repeat adds nothing, at the same moment, after a crash or out of a file; another call of that name does", async () => {
  verifies("audit:calls:exactly-once");
  await Promise.all([1, 2, 3].map(() => recordToolCall(deps, workspace, called)));
  await recordToolCall({ ...deps, chain: (id) => ({ ...deps.chain(id), append: away }) }, workspace, called);
  await bringInStranded(deps, workspace);
  expect(await entries()).toHaveLength(1);
  await recordToolCall(deps, workspace, { ...called, run_id: "run_2" });
  await recordToolCall(deps, workspace, { ...called, at: of.at + 1 });
  await recordToolCall(deps, workspace, { ...called, outcome: "refused", code: "rate_limited" });
  expect(await entries()).toHaveLength(4);
});

it("an event waits in a file while the chain does not answer, and is told again where nothing took it", async () => {
  verifies("audit:calls:exactly-once");
  const noChain = { ...deps, chain: (id: typeof workspace) => ({ ...deps.chain(id), append: away }) };
  for (const event of outcomes) await recordToolCall(noChain, workspace, event);
  expect(await entries()).toEqual([]);
  await expect(recordToolCall({ ...noChain, strand: away }, workspace, called)).rejects.toThrow("away");
  await bringInStranded(deps, workspace);
  expect((await entries()).map(({ action }) => action).toSorted()).toEqual(
    outcomes.map(({ event }) => event).toSorted(),
  );
});

it("nothing that is kept of a call holds a secret's value, wherever it stood", async () => {
  verifies("audit:calls:no-secret");
  const known = "a-value-known-to-be-secret";
  const message = `It said ${known}, and https://ada:${secret}@a.example/ too.`;
  const tools = { ...called, tool: `get_${known}`, message, parameters: { note: known, token: secret } };
  const secrets = [known];
  await recordToolCall({ ...deps, secrets }, workspace, tools);
  const noChain = {
    ...deps,
    secrets,
    chain: (id: typeof workspace) => ({ ...deps.chain(id), append: away }),
  };
  await recordToolCall(noChain, workspace, tools);
  const [waiting] = await testHost.files.listEvents(ownerWorkspace, 10);
  for (const text of [JSON.stringify(await entries()), waiting?.text ?? secret]) {
    expect(text).not.toContain(known);
    expect(text).not.toContain(secret);
  }
});

it("an event of any size is kept, with a beginning and a digest of what is too long, and the chain is whole", async () => {
  verifies("audit:calls:exactly-once");
  const text = `${secret}`.repeat(200_000);
  const names = Array.from({ length: 500 }, (_, index) => `${"n".repeat(500)}${index}`);
  await recordToolCall(deps, workspace, {
    ...called,
    call_id: "c".repeat(100_000),
    tool: "t".repeat(100_000),
    worker: { id: "wrk_1", name: "w".repeat(100_000) },
    message: `\uD800${text}`,
    code: text,
    credentials: names,
    parameters: { text, lone: "\uDC00" },
    request: Array.from({ length: 100_000 }, (_, index) => index),
  });
  const [row] = await entries();
  expect(JSON.stringify(row).length).toBeLessThan(40_000);
  expect(row?.details["parameters"]).toMatchObject({
    truncated: true,
    sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  const part = verifiedPartSchema.parse(await (await callApi("GET", "/api/audit/verify")).json());
  expect(part).toMatchObject({ entries: 1, broken: null });
});

it("whatever is done to the entries of calls is found, and the first of them is named", async () => {
  verifies("audit:chain:tamper-evident");
  for (const event of outcomes) await recordToolCall(deps, workspace, event);
  const { results } = await env.DB.prepare(
    "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_events'",
  ).all<{ name: string }>();
  for (const { name } of results) await env.DB.prepare(`DROP TRIGGER ${name}`).run();
  const inChain = (sql: string) =>
    runInDurableObject(auditStubOf(ownerWorkspace), (_, { storage }) => void storage.sql.exec(sql).toArray());
  const inList = (sql: string) => env.DB.prepare(sql).run();
  await inChain("CREATE TABLE kept AS SELECT * FROM links");
  await inList("CREATE TABLE kept_events AS SELECT * FROM audit_events");
  const tamperings: [what: string, act: () => Promise<unknown>, seq: number][] = [
    [
      "a refusal made a success",
      () => inChain("UPDATE links SET entry = replace(entry, 'refused', 'done') WHERE seq = 2"),
      2,
    ],
    ["a violation taken out", () => inChain("DELETE FROM links WHERE seq = 2"), 2],
    [
      "a denial given another repeat's key",
      () => inChain("UPDATE links SET repeat_key = 'x' WHERE seq = 3"),
      3,
    ],
    ["a hold without its key", () => inChain("UPDATE links SET repeat_key = NULL WHERE seq = 4"), 4],
    [
      "a promotion put before what it followed",
      async () => {
        for (const [from, to] of [
          [5, 99],
          [4, 5],
          [99, 4],
        ] as const)
          await inChain(`UPDATE links SET seq = ${to} WHERE seq = ${from}`);
      },
      4,
    ],
    [
      "the list blames another worker",
      () => inList("UPDATE audit_events SET worker = 'other' WHERE action = 'trust_violation'"),
      2,
    ],
    [
      "the list names another tool",
      () => inList("UPDATE audit_events SET resource_id = 'other' WHERE action = 'tool_call'"),
      1,
    ],
    [
      "the list tells of other parameters",
      () => inList("UPDATE audit_events SET details = replace(details, 'Bern', 'Rome')"),
      1,
    ],
    [
      "the list hides a denial",
      () => inList("DELETE FROM audit_events WHERE action = 'credential_access'"),
      3,
    ],
  ];
  for (const [what, act, seq] of tamperings) {
    await act();
    const { broken } = verifiedPartSchema.parse(await (await callApi("GET", "/api/audit/verify")).json());
    expect([what, broken?.seq]).toEqual([what, seq]);
    await inChain("DELETE FROM links");
    await inChain("INSERT INTO links SELECT * FROM kept");
    await inList("DELETE FROM audit_events");
    await inList("INSERT INTO audit_events SELECT * FROM kept_events");
  }
});

it("events are found by kind, worker, tool and run, alone and together, page by page", async () => {
  verifies("audit:calls:found");
  await callApi("POST", "/api/secrets/A", { json: { value: "the value" } });
  for (const event of outcomes) await recordToolCall(deps, workspace, event);
  await recordToolCall(deps, workspace, {
    ...called,
    run_id: "run_2",
    worker: { id: "wrk_2", name: "other" },
  });
  await recordToolCall(deps, workspace, { ...called, tool: "send", outcome: "error", code: "http_500" });
  const find = async (query: string) => {
    const { events } = auditPageSchema.parse(await (await callApi("GET", `/api/audit?${query}`)).json());
    return events.map(({ event, worker, tool, run_id }) => [event, worker, tool, run_id].join(" "));
  };
  expect(await find("event=request")).toEqual(["request   "]);
  expect(await find("event=tool_call")).toHaveLength(3);
  expect(await find("worker=other")).toEqual(["tool_call other get_weather run_2"]);
  expect(await find("tool=send")).toEqual(["tool_call hello send run_1"]);
  expect(await find("run=run_2")).toEqual(["tool_call other get_weather run_2"]);
  expect(await find("event=tool_call&worker=hello&outcome=failed")).toEqual(["tool_call hello send run_1"]);
  expect(await find("event=trust_violation&tool=get_weather&run=run_1&actor=run_1")).toHaveLength(1);
  expect(await find("event=trust_violation&worker=other")).toEqual([]);
  expect(await find("event=lifecycle&resource=version/ver_1")).toEqual(["lifecycle hello  "]);
  const all = await find("worker=hello&event=tool_call");
  const first = auditPageSchema.parse(
    await (await callApi("GET", "/api/audit?worker=hello&event=tool_call&limit=1")).json(),
  );
  const rest = await find(`worker=hello&event=tool_call&cursor=${first.next_cursor ?? ""}`);
  expect([first.events.length, rest.length]).toEqual([1, all.length - 1]);
  expect((await callApi("GET", "/api/audit?event=other")).status).toBe(422);
});

it("a page looks at so many events and says where it left off", async () => {
  verifies("audit:calls:found");
  const seeded = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${SEEN_AT_ONCE + 5})
    INSERT INTO audit_events SELECT ?, printf('evt_%026d', i), i, 'tool_call', 'done', NULL, 'run', 'run_1', NULL, 'tool',
    iif(i = 1, 'rare', 'usual'), 'c', 'edge', '{}', 'hello' FROM n`;
  await env.DB.prepare(seeded).bind(ownerWorkspace).run();
  const page = async (cursor: string) =>
    auditPageSchema.parse(
      await (await callApi("GET", `/api/audit?worker=hello&event=trust_violation${cursor}`)).json(),
    );
  const first = await page("");
  expect([first.events.length, typeof first.next_cursor]).toEqual([0, "string"]);
  expect(await page(`&cursor=${first.next_cursor ?? ""}`)).toEqual({ events: [], next_cursor: null });
});

it("an entry from before calls were told of has the hash that it had", async () => {
  await callApi("POST", "/api/secrets/A", { json: { value: "the value" } });
  const [link] = await auditStubOf(ownerWorkspace).read(0);
  expect(parseJson(link?.entry ?? "")).not.toHaveProperty("worker");
});

it("no route goes by the name of an event of the gate", () => {
  for (const kind of gateEventKindSchema.options) expect(Object.keys(routes)).not.toContain(kind);
});
