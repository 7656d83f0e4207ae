import { env } from "cloudflare:workers";
import { runInDurableObject } from "cloudflare:test";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { workspaceIdSchema } from "#contract/ids";
import { runDetailSchema } from "#contract/runs/run";
import { toolCallPageSchema } from "#contract/tool-calls/tool-call";
import {
  callApi,
  ownerWorkspace,
  seedWorker,
  strangerToken,
  testHost,
} from "../../../test/support/workerd/api-harness.ts";
import { buildSampleSpec } from "../../../test/support/workerd/sample-spec.ts";
import { verifies } from "../../../test/verifies.ts";
import { AttemptStorage } from "../../attempts/attempt-storage.ts";
import { findReplayedAnswer } from "../../compose/programs/replayed-answer.ts";
import { sha256Hex } from "../../platform/crypto.ts";
import { canonicalJson } from "../../platform/canonical-json.ts";
import { CallRecords } from "../../tools/call-records.ts";
import { CallGate } from "../../tools/gate.ts";
import type { ToolDriver } from "../../tools/gate-api.ts";
import type { RunSpec } from "../spec/run-spec.ts";

const SECRET = "s3cr3t-value-0123456789";
let spec: RunSpec;

/** A tool that answers what it was asked; what is larger than anybody is shown comes back as `size` characters. */
const echo: ToolDriver = {
  list: () => [
    {
      name: "send",
      description: "Sends a text.",
      source: "http",
      effect: "write",
      method: "POST",
      input_schema: {
        type: "object",
        properties: { text: { type: "string" }, size: { type: "integer" } },
        additionalProperties: false,
      },
      approval: "never",
      calls_per_minute: null,
      repeatable: false,
      untrusted: false,
    },
  ],
  prepare: ({ arguments: given }) => ({ request: { method: "POST", body: given }, credentials: [] }),
  execute: async ({ arguments: given }) => {
    const size = typeof given === "object" && given !== null && "size" in given ? Number(given["size"]) : 0;
    return { ok: true, content: { got: given, filling: "x".repeat(size) } };
  },
};

/** Calls through a gate in the attempt's own object, as its program makes them. */
async function callTools(
  wishes: { call_id: string; tool: string; arguments: Record<string, string | number> }[],
) {
  const object = env.ATTEMPT_OBJECT.get(env.ATTEMPT_OBJECT.idFromName(`${spec.run_id}/1`));
  await runInDurableObject(object, async (_object, state) => {
    new AttemptStorage(state.storage.kv).keepOrder({ spec, attempt: 1, contexts: [] });
    const gate = new CallGate({
      records: new CallRecords(state.storage.kv),
      drivers: [echo],
      rules: {
        trust_tier: 2,
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
      },
      of: { run_id: spec.run_id, worker: { id: spec.worker_id, name: spec.worker_name } },
      clock: Date.now,
      takeCall: async () => ({ kind: "taken" }),
      holds: { ask: async () => null, read: async () => ({ kind: "pending" }) },
      openCredentials: async () => ({ kind: "given", values: {} }),
      mask: async (value) => value,
      tell: async () => {},
      replayed: null,
    });
    for (const wish of wishes) await gate.call(wish);
  });
}

async function list(query = "") {
  const answer = await callApi("GET", `/api/runs/${spec.run_id}/tool-calls${query}`);
  expect(answer.status).toBe(200);
  return toolCallPageSchema.parse(await answer.json());
}

beforeEach(async () => {
  await callApi("POST", "/api/secrets/API_KEY", { json: { value: SECRET } });
  await seedWorker("tool-caller", { secrets: ["API_KEY"] });
  const started = await callApi("POST", "/api/workers/tool-caller/runs", { json: { inputs: {} } });
  const run = runDetailSchema.parse(await started.json());
  await vi.waitUntil(
    async () => {
      const answer = await callApi("GET", `/api/runs/${run.id}`);
      return runDetailSchema.parse(await answer.json()).attempts.length > 0;
    },
    { timeout: 60_000 },
  );
  spec = buildSampleSpec({
    run_id: run.id,
    workspace_id: workspaceIdSchema.parse(ownerWorkspace),
    worker_id: run.worker_uid,
    secrets: ["API_KEY"],
  });
  await callTools([
    { call_id: "a", tool: "send", arguments: { text: `key ${SECRET}` } },
    { call_id: "b", tool: "steal", arguments: {} },
    { call_id: "c", tool: "send", arguments: { size: 20_000 } },
    { call_id: "d", tool: "send", arguments: { text: "last" } },
  ]);
});

describe("the tool calls of a run", () => {
  it("are listed in their order, with what was denied and why", async () => {
    verifies("gate:records:listed");
    const { tool_calls: calls, next_cursor } = await list();
    expect(calls.map(({ call_id, status, code }) => [call_id, status, code])).toEqual([
      ["a", "answered", null],
      ["b", "denied", "tool_unknown"],
      ["c", "answered", null],
      ["d", "answered", null],
    ]);
    expect(next_cursor).toBeNull();
    expect(calls[3]).toMatchObject({
      run_id: spec.run_id,
      attempt: 1,
      effect: "write",
      method: "POST",
      request: { method: "POST", body: { text: "last" } },
      answer: { got: { text: "last" } },
    });
  });

  it("come page by page", async () => {
    const first = await list("?limit=3");
    expect(first.tool_calls.map(({ call_id }) => call_id)).toEqual(["a", "b", "c"]);
    const second = await list(`?limit=3&cursor=${String(first.next_cursor)}`);
    expect(second.tool_calls.map(({ call_id }) => call_id)).toEqual(["d"]);
    expect(second.next_cursor).toBeNull();
    const wrong = await callApi("GET", `/api/runs/${spec.run_id}/tool-calls?cursor=abc`);
    expect(wrong.status).toBe(422);
  });

  it("show no secret's value, and of what is large its beginning with a mark", async () => {
    verifies("gate:credentials:never-shown");
    const { tool_calls: calls } = await list();
    expect(JSON.stringify(calls)).not.toContain(SECRET);
    expect(calls[0]?.arguments).toEqual({ text: "key ***" });
    expect(calls[2]?.answer).toMatch(/\[cut: \d+ of \d+ characters are left out\]$/);
  });

  it("are nobody else's business", async () => {
    const path = `/api/runs/${spec.run_id}/tool-calls`;
    const stranger = await callApi("GET", path, { token: await strangerToken() });
    const missing = await callApi("GET", path.replace(/run_[a-z0-9]+/, `run_${"0".repeat(26)}`));
    expect([stranger.status, missing.status]).toEqual([404, 404]);
  });

  it("answer the same calls of a dry replay, and no others", async () => {
    verifies("gate:dry:from-the-record");
    const replay = { spec: { ...spec, replay_of: spec.run_id, dry: true }, attempt: 1, contexts: [] };
    const ask = async (tool: string, given: object) =>
      findReplayedAnswer(testHost, replay, await sha256Hex(canonicalJson([tool, given])));
    expect(await ask("send", { text: "last" })).toMatchObject({
      ok: true,
      content: { got: { text: "last" } },
    });
    expect(await ask("send", { text: "other" })).toBeNull();
    expect(await ask("steal", {})).toBeNull();
  });

  it("go with the attempt", async () => {
    await testHost.attempt(spec.run_id, 1).forget();
    expect((await list()).tool_calls).toEqual([]);
  });
});
