import { expect, it } from "vitest";
import { EngineInMemory } from "../../../test/support/workerd/engine-in-memory.ts";
import { toJournal } from "../../../test/support/workerd/fake-driver.ts";
import { buildSampleSpec, sampleStart as at } from "../../../test/support/workerd/sample-spec.ts";
import type { JournalEntry } from "#contract/runner/runner";
import { verifies } from "../../../test/verifies.ts";
import { fillDetail } from "../read/read-run.ts";
import type { RunSpec } from "../spec/run-spec.ts";

const agent: RunSpec["agent"] = {
  entry: "SKILL.md",
  has_no_entry: false,
  model: null,
  fallback_model: null,
  system_prompt: null,
  max_tool_iterations: 12,
  max_output_tokens: 1000,
  max_total_tokens: 1000,
  timeout_seconds: 60,
  disable_tools: [],
  http_tools: [],
  memory: null,
};

/** Each step of an agent is a post of its own. */
const steps: JournalEntry[][] = [
  [
    { type: "step-start", at, stepNumber: 1 },
    { type: "text", at, text: "I look." },
    { type: "tool-call", at, callId: "a", toolName: "ping", args: { n: 1 }, args_preview: "{}" },
  ],
  [{ type: "log", at, stream: "system", level: "info", text: "Something else." }],
  [
    {
      type: "tool-result",
      at,
      callId: "a",
      toolName: "ping",
      result: "pong",
      result_preview: "pong",
      isError: false,
    },
  ],
  [{ type: "step-start", at, stepNumber: 2 }],
  [
    {
      type: "result",
      at,
      outcome: "success",
      error_code: null,
      error: null,
      error_raw: null,
      exit_code: null,
      outputs: {},
      usage: { wall_ms: 1, cpu_ms: 0, max_memory_bytes: 0, log_bytes: 0, model_usd: 0.5, model_tokens: 70 },
    },
  ],
];

async function tellAll(spec: RunSpec) {
  const run = new EngineInMemory();
  await run.engine.accept(spec, true);
  let offset = 0;
  for (const step of steps) {
    const body = toJournal(step);
    run.engine.takeJournal({ attempt: 1, launch: 1, offset, body });
    offset += body.byteLength;
  }
  await run.settle(() => run.engine.view()?.detail.total_tokens !== 0);
  const view = run.engine.view();
  if (view === null) throw new Error("There is no such run.");
  return {
    detail: fillDetail(view, { outputs: view.detail.outputs, wait: null }),
    told: run.engine.eventsAfter(0, 1000)?.events.map(({ type }) => type) ?? [],
  };
}

it("shows in an agent's run what it said, called and used, whichever step told it", async () => {
  verifies("agents:document:told");
  const { detail, told } = await tellAll(buildSampleSpec({ agent }));
  expect(detail.transcript.map(({ type }) => type)).toEqual([
    "step-start",
    "text",
    "tool-call",
    "tool-result",
    "step-start",
  ]);
  expect(detail.tool_calls).toEqual([
    { id: "a", name: "ping", arguments: { n: 1 }, result: "pong", error: null },
  ]);
  expect(detail.total_tokens).toBe(70);
  expect(detail.cost.model_usd).toBe(0.5);
  expect(told).toEqual(expect.arrayContaining(["step-start", "text", "tool-call", "tool-result"]));
});

it("believes no script that tells what an agent would", async () => {
  verifies("agents:document:told");
  const { detail, told } = await tellAll(buildSampleSpec());
  expect(detail).toMatchObject({ transcript: [], tool_calls: [], total_tokens: null });
  expect(told.filter((type) => type === "tool-call" || type === "text")).toEqual([]);
});

/** What those who watch are shown of a text that a model has said so far. */
async function showLive(said: string, { characters = said.length, secrets = [] as string[] } = {}) {
  const run = new EngineInMemory();
  run.secretValues = secrets;
  await run.engine.accept(buildSampleSpec({ agent, secrets: secrets.map((_, at) => `SECRET_${at}`) }), true);
  await run.engine.prepareIntake();
  const live = { type: "live" as const, turn: 1, kind: "text" as const, text: said, characters };
  const before = [...run.kv.list({})].length;
  const answer = run.engine.takeJournal({ attempt: 1, launch: 1, offset: 0, body: new Uint8Array(), live });
  expect([...run.kv.list({})]).toHaveLength(before);
  return { answer, shown: run.shown.map(({ text }) => text), told: run.told };
}

it("shows what a model is saying to those who watch, and writes nothing of it down", async () => {
  verifies("agents:document:told");
  const { answer, shown, told } = await showLive("Let me see");
  expect(shown).toEqual(["Let me see"]);
  expect(answer).toMatchObject({ next_offset: 0, stop: false });
  expect(told.filter(({ type }) => type !== "status" && type !== "log")).toEqual([]);
});

it("shows no part of a secret while a model says it, wherever it was cut off", async () => {
  verifies("agents:document:told", "secrets:redaction:nothing-readable");
  const secret = "sk-live-0123456789abcdefghijklmnopqrstuvwxyz";
  const whole = `${"Before it. ".repeat(12)}The key is ${secret}, ${"and so on. ".repeat(12)}`;
  const parts = Array.from({ length: whole.length }, (_, end) => whole.slice(0, end + 1));
  for (const said of parts) {
    const { shown } = await showLive(said, { secrets: [secret] });
    expect(shown.join("")).not.toMatch(/sk-live-0|defgh|xyz/);
    if (said === whole) expect(shown.join("")).toContain("The key is ***, and so on.");
  }
  // Of a long text the beginning is cut off, wherever it falls.
  for (let from = 0; from < whole.length; from += 1) {
    const { shown } = await showLive(whole.slice(from), { characters: whole.length, secrets: [secret] });
    expect(shown.join("")).not.toMatch(/sk-live-0|defgh|xyz/);
  }
});

it("shows nothing of an attempt that is not heard any more", async () => {
  verifies("agents:document:told");
  const run = new EngineInMemory();
  await run.engine.accept(buildSampleSpec({ agent }), true);
  const live = { type: "live" as const, turn: 1, kind: "text" as const, text: "late", characters: 4 };
  run.engine.takeJournal({ attempt: 2, launch: 1, offset: 0, body: new Uint8Array(), live });
  expect(run.shown).toEqual([]);
});
