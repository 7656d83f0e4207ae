import { beforeEach, expect, it } from "vitest";
import type { RunPrincipal } from "#contract/access/access";
import { runIdSchema, workspaceIdSchema } from "#contract/ids";
import { llmRequestSchema } from "#contract/script-models/script-model";
import { verifies } from "../../test/verifies.ts";
import { scriptedEmbedding } from "../agents/models/embed-driver.ts";
import type { AgentModel, ModelReply, ModelRequest } from "../agents/models/model-api.ts";
import { echoModel } from "./echo-model.ts";
import { askModel, askModels, embedTexts } from "./service.ts";
import type { AskingRun, ScriptModelDeps } from "./service.ts";

const body = "0".repeat(26);
const principal: RunPrincipal = {
  kind: "run",
  id: runIdSchema.parse(`run_${body}`),
  workspace_id: workspaceIdSchema.parse(`wsp_${body}`),
  attempt: 1,
  launch: 1,
  scopes: [],
};
const MODEL = "anthropic/claude-sonnet-4-6";

let asked: ModelRequest[];
let charges: number[];
let most: (number | null)[];
let run: AskingRun;
let reply: (request: ModelRequest) => ModelReply;

const said = (text: string, output_tokens = 10): ModelReply => ({
  kind: "answered",
  parts: [
    { type: "reasoning", text: "hm" },
    { type: "text", text },
  ],
  calls: [],
  finish: "stop",
  usage: { input_tokens: 100, cached_tokens: 0, output_tokens },
});
const failed = (code: "llm_rate_limited" | "llm_auth_error"): ModelReply => ({
  kind: "failed",
  code,
  message: `It is ${code}.`,
  retryable: code === "llm_rate_limited",
  retry_after_ms: code === "llm_rate_limited" ? 1500 : null,
});
const modelOf = (name: string): AgentModel => ({
  name,
  notice: null,
  ask: async (request) => {
    asked.push(request);
    return reply(request);
  },
});
const deps = (): ScriptModelDeps => ({
  findRun: async () => run,
  newSignal: () => new AbortController().signal,
});
const question = (change: object = {}) =>
  llmRequestSchema.parse({ messages: [{ role: "user", content: "Hello" }], ...change });

beforeEach(() => {
  asked = [];
  charges = [];
  most = [];
  reply = () => said("Hi.");
  run = {
    workspace_id: principal.workspace_id,
    dry: false,
    permit: "granted",
    findLeft: async () => null,
    openModels: async () => [modelOf(MODEL)],
    openEmbedding: async () => scriptedEmbedding,
    charge: async (nanoUsd, left) => {
      const isLess = left === null || nanoUsd <= left;
      if (isLess) charges.push(nanoUsd);
      most.push(left);
      return isLess;
    },
  };
});

it("a script's conversation is asked as it is written, and it is told text, tokens and cost", async () => {
  verifies("script-models:llm:answered");
  const answer = await askModel(
    deps(),
    principal,
    question({
      messages: [
        { role: "system", content: "Be brief." },
        {
          role: "user",
          content: [
            { type: "text", text: "Hel" },
            { type: "text", text: "lo" },
          ],
        },
        { role: "assistant", content: "Yes?" },
        { role: "system", content: "Really." },
        { role: "user", content: "Go on." },
      ],
      temperature: 0,
      max_tokens: 7,
    }),
  );
  expect(asked).toMatchObject([
    {
      system: "Be brief.\n\nReally.",
      messages: [
        { role: "user", text: "Hello" },
        { role: "assistant", parts: [{ type: "text", text: "Yes?" }] },
        { role: "user", text: "Go on." },
      ],
      tools: [],
      max_output_tokens: 7,
      temperature: 0,
      asked: 1,
    },
  ]);
  expect(answer).toMatchObject({
    content: "Hi.",
    model: MODEL,
    finish_reason: "stop",
    usage: { input_tokens: 100, output_tokens: 10, cost_usd: (100 * 3 + 10 * 15) / 1e6 },
    error: null,
  });
});

it("what an answer may cost is set aside before it is asked for, and what it has not cost is given back", async () => {
  verifies("script-models:cost:within-the-caps");
  await askModel(deps(), principal, question({ max_tokens: 1000 }));
  const cost = ((100 * 3 + 10 * 15) / 1e6) * 1e9;
  expect(charges[0]).toBeGreaterThan(0.015 * 1e9);
  expect(charges.reduce((sum, one) => sum + one, 0)).toBeCloseTo(cost);
  charges = [];
  reply = () => failed("llm_auth_error");
  await askModel(deps(), principal, question());
  expect(charges.reduce((sum, one) => sum + one, 0)).toBe(0);
  run = { ...run, findLeft: async () => 1000 };
  asked = [];
  const refused = await askModel(deps(), principal, question());
  expect(refused).toMatchObject({ content: null, error: { code: "spend_cap_exceeded", retryable: false } });
  expect(asked).toEqual([]);
});

it("the next model is asked where one fails, and the script is told of the last failure", async () => {
  verifies("script-models:llm:failures-told");
  run = { ...run, openModels: async () => [modelOf(MODEL), modelOf("openai/gpt-5-mini")] };
  reply = () => (asked.length === 1 ? failed("llm_auth_error") : said("Second."));
  expect(await askModel(deps(), principal, question())).toMatchObject({
    content: "Second.",
    model: "openai/gpt-5-mini",
  });
  reply = () => failed("llm_rate_limited");
  expect(await askModel(deps(), principal, question())).toMatchObject({
    content: null,
    error: { code: "llm_rate_limited", retryable: true, retry_after_seconds: 1.5 },
  });
  run = { ...run, openModels: async () => "No key is set." };
  expect(await askModel(deps(), principal, question())).toMatchObject({
    error: { code: "llm_model_not_configured", message: "No key is set." },
  });
});

it("a batch answers in order, asks so many at a time, and one failure leaves the others alone", async () => {
  verifies("script-models:batch:in-order");
  let atOnce = 0;
  let highest = 0;
  const slow: AgentModel = {
    ...modelOf(MODEL),
    ask: async ({ messages: [first] }) => {
      atOnce += 1;
      highest = Math.max(highest, atOnce);
      for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
      atOnce -= 1;
      const text = first?.role === "user" ? first.text : "";
      return text === "3" ? failed("llm_auth_error") : said(text);
    },
  };
  run = { ...run, openModels: async () => [slow] };
  const requests = Array.from({ length: 10 }, (_, at) =>
    question({ messages: [{ role: "user", content: String(at) }] }),
  );
  const { results } = await askModels(deps(), principal, { requests, max_parallel: 3 });
  expect(results.map(({ content, error }) => content ?? error?.code)).toEqual(
    Array.from({ length: 10 }, (_, at) => (at === 3 ? "llm_auth_error" : String(at))),
  );
  expect(highest).toBe(3);
});

it("without a model texts become vectors by their words, and the same words lie near each other", async () => {
  verifies("script-models:embeddings:answered");
  const input = ["the red house", "a red house", "tax return"];
  const { embeddings, error, model } = await embedTexts(deps(), principal, { input });
  expect([error, model, embeddings.length]).toEqual([null, "scripted", 3]);
  const near = (a: number, b: number) =>
    (embeddings[a] ?? []).reduce((sum, value, at) => sum + value * (embeddings[b]?.[at] ?? 0), 0);
  expect(near(0, 1)).toBeGreaterThan(near(0, 2));
  run = { ...run, openEmbedding: async () => "No key." };
  expect(await embedTexts(deps(), principal, { input: "x" })).toMatchObject({
    embeddings: [],
    error: { code: "llm_model_not_configured" },
  });
});

it("a script that is not the run's now, and a dry run, ask no model", async () => {
  verifies("script-models:token:own-run");
  const asks = async (change: Partial<AskingRun> | null) =>
    askModel({ ...deps(), findRun: async () => change && { ...run, ...change } }, principal, question());
  await expect(asks(null)).rejects.toMatchObject({ code: "not_found" });
  await expect(asks({ workspace_id: "wsp_2" })).rejects.toMatchObject({ code: "not_found" });
  await expect(asks({ permit: "ended" })).rejects.toMatchObject({ code: "run_finished" });
  await expect(asks({ permit: "stale" })).rejects.toMatchObject({ code: "stale_attempt" });
  await expect(asks({ dry: true })).rejects.toMatchObject({ code: "dry_run" });
  expect(asked).toEqual([]);
});

it("the model that stands in for one says so, and costs nothing", async () => {
  run = { ...run, openModels: async () => [echoModel] };
  const answer = await askModel(deps(), principal, question());
  expect(answer).toMatchObject({ model: "scripted", usage: { cost_usd: 0 } });
  expect(answer.content).toMatch(/scripted model.*Hello/);
  expect(charges).toEqual([]);
});
