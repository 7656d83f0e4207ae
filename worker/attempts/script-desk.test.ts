import { beforeEach, expect, it } from "vitest";
import { KvInMemory } from "../../test/support/workerd/kv-in-memory.ts";
import { buildSampleSpec, sampleStart } from "../../test/support/workerd/sample-spec.ts";
import { verifies } from "../../test/verifies.ts";
import type { RunSpec } from "../runs/spec/run-spec.ts";
import { CallRecords } from "../tools/call-records.ts";
import { CallGate } from "../tools/gate.ts";
import type { HoldVerdict } from "../tools/gate.ts";
import type { ToolDriver } from "../tools/gate-api.ts";
import { AttemptStorage } from "./attempt-storage.ts";
import { ScriptDesk } from "./script-desk.ts";

const MINUTE = 60_000;
const spec: RunSpec = buildSampleSpec({
  gate: {
    trust_tier: 2,
    tainted_trust_tier: null,
    allowed_tools: null,
    escalation_rules: [],
    asking: {
      label: "Approve",
      expires_ms: MINUTE,
      on_expiry: "reject",
      not_by_requester: false,
      approvers_needed: 1,
    },
  },
  connections: [
    { kind: "mcp", name: "linear", url: null, allowed_tools: null, scope: "full", approval: "never" },
  ],
});
const of = { run_id: spec.run_id, attempt: 1, launch: 1 };

let kv: KvInMemory;
let now: number;
let armed: number[];
let sent: number;
let verdict: HoldVerdict;
let isAway: boolean;
let told: string[];
let known: RunSpec | null;
let ids: number;

const driver: ToolDriver = {
  list: () =>
    ["read", "send"].map((name) => ({
      name: `linear__${name}`,
      description: "",
      source: "mcp",
      effect: name === "read" ? "read" : "write",
      method: null,
      input_schema: { type: "object" },
      approval: name === "send" ? "always" : "never",
      calls_per_minute: null,
      repeatable: false,
      untrusted: true,
    })),
  prepare: ({ arguments: given }) => ({ request: given, credentials: [] }),
  execute: async () => {
    sent += 1;
    return { ok: true, content: sent };
  },
};

function open(): ScriptDesk {
  return new ScriptDesk({
    storage: new AttemptStorage(kv),
    entries: kv,
    records: new CallRecords(kv),
    clock: () => now,
    armWake: (at) => void armed.push(at),
    newCallId: () => `call_${(ids += 1)}`,
    readSpec: async () => known,
    open: ({ spec: { gate: rules, worker_id, worker_name, run_id } }) => {
      if (rules === null) throw new Error("The run may make no calls.");
      return {
        gate: new CallGate({
          records: new CallRecords(kv),
          takeCall: async () => ({ kind: "taken" }),
          drivers: [driver],
          rules,
          of: { run_id, worker: { id: worker_id, name: worker_name } },
          clock: () => now,
          holds: { ask: async () => ({ approval_id: "apr_1" }), read: async () => verdict },
          openCredentials: async () => ({ kind: "given", values: {} }),
          mask: async (value) => value,
          tell: async (event) => {
            if (isAway) throw new Error("The record of changes is away.");
            told.push(event.event);
          },
          replayed: null,
        }),
        refresh: async () => {},
        nameOf: (place) => ("connection" in place ? `linear__${place.tool}` : place.app_tool),
        describe: () => [],
      };
    },
  });
}

const wish = (tool: string, callId: string | null = null) => ({
  call_id: callId,
  place: { connection: "linear", tool },
  arguments: { text: "x" },
});

beforeEach(() => {
  kv = new KvInMemory();
  now = sampleStart;
  armed = [];
  sent = 0;
  verdict = { kind: "pending" };
  isAway = false;
  told = [];
  known = spec;
  ids = 0;
});

it("has nothing to call for a run that declares nothing, and writes nothing down for it", async () => {
  verifies("script-tools:calls:declared");
  for (const none of [null, { ...spec, gate: null }, { ...spec, connections: [] }]) {
    known = none;
    expect(await open().call(of, wish("read"))).toBeNull();
    expect(await open().list(of)).toBeNull();
  }
  expect([...kv.list()]).toEqual([]);
});

it("a call that people are asked about is the same one for whoever asks again, and is sent once when they agree", async () => {
  verifies("script-tools:calls:once");
  const first = await open().call(of, wish("send"));
  expect(first).toMatchObject({ call_id: "call_1", reply: { kind: "held", approval_id: "apr_1" } });
  expect(await open().call(of, wish("send"))).toEqual(first);
  expect(await open().call(of, wish("send", "call_1"))).toEqual(first);
  expect(sent).toBe(0);
  verdict = { kind: "approved", edited: null, reason: null };
  const desk = open();
  const both = await Promise.all([
    desk.call(of, wish("send", "call_1")),
    desk.call(of, wish("send", "call_1")),
  ]);
  expect(both).toMatchObject([{ reply: { kind: "answered" } }, { reply: { kind: "answered" } }]);
  expect(sent).toBe(1);
  // What is over is not meant by one who asks for something new.
  verdict = { kind: "pending" };
  expect(await open().call(of, wish("send"))).toMatchObject({ call_id: "call_2", reply: { kind: "held" } });
});

it("tells the record of changes later what it has not heard, and wakes for nothing else", async () => {
  verifies("script-tools:audit:told-later");
  expect(open().wakeAt()).toBeNull();
  await open().call(of, wish("read"));
  expect(told).toEqual(["tool_call"]);
  expect(open().wakeAt()).toBeNull();
  isAway = true;
  await open().call(of, wish("read"));
  expect(open().wakeAt()).toBe(now + MINUTE);
  expect(armed).toEqual([now + MINUTE]);
  now += MINUTE;
  await open().wake();
  expect(open().wakeAt()).toBe(now + MINUTE);
  isAway = false;
  now += MINUTE;
  await open().wake();
  expect(told).toEqual(["tool_call", "tool_call"]);
  expect(open().wakeAt()).toBeNull();
});

it("gives up telling what is never heard: the attempt's own record still has it", async () => {
  isAway = true;
  await open().call(of, wish("read"));
  let wakes = 0;
  for (let at = open().wakeAt(); at !== null && wakes < 200; at = open().wakeAt()) {
    now = at;
    wakes += 1;
    await open().wake();
  }
  expect(wakes).toBe(100);
  expect(new CallRecords(kv).list()).toMatchObject([{ state: "answered", told: false }]);
});
