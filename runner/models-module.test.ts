import { afterEach, beforeEach, expect, it } from "vitest";
import { RunnerLab } from "../test/support/runner/start-runner.ts";
import { verifies } from "../test/verifies.ts";

let lab: RunnerLab;
let asked: [path: string, body: unknown][];
let answers: object[];

beforeEach(async () => {
  lab = await RunnerLab.open();
  asked = [];
  answers = [];
  lab.edge.answerRun = ({ path, body }) => {
    asked.push([path, JSON.parse(body.toString())]);
    const next = answers.length > 1 ? answers.shift() : answers[0];
    return { status: 200, body: JSON.stringify(next) };
  };
});
afterEach(async () => {
  await lab.close();
});

const usage = { input_tokens: 5, cached_tokens: 0, output_tokens: 2, cost_usd: 0.001 };
const said = (content: string) => ({ content, model: "m", finish_reason: "stop", usage, error: null });
const failed = (code: string, retryable = false) => ({
  content: null,
  model: null,
  finish_reason: null,
  usage,
  error: { code, message: `It is ${code}.`, retryable, retry_after_seconds: retryable ? 0.01 : null },
});

const python = async (source: string) => (await lab.run({ files: { "run.py": source } })).lines();

it("Python asks a text or a conversation, waits for a busy provider, and says by a code why nothing came", async () => {
  verifies("script-models:library");
  answers = [failed("llm_rate_limited", true), said("Hi ä"), failed("llm_auth_error")];
  const lines = await python(`
import floom
reply = floom.llm("Hello", system="Be brief.", max_tokens=9, temperature=0)
print(reply, reply.model, reply.usage["cost_usd"], reply.upper())
try: floom.llm([{"role": "user", "content": "x"}], model="a/b")
except floom.ModelFailed as error: print(error.code, error)`);
  expect(lines).toEqual(["Hi ä m 0.001 HI Ä", "llm_auth_error It is llm_auth_error."]);
  const hello = [
    { role: "system", content: "Be brief." },
    { role: "user", content: "Hello" },
  ];
  expect(asked).toEqual([
    ["/llm", { messages: hello, max_tokens: 9, temperature: 0 }],
    ["/llm", { messages: hello, max_tokens: 9, temperature: 0 }],
    ["/llm", { messages: [{ role: "user", content: "x" }], model: "a/b" }],
  ]);
});

it("Python asks batches and vectors, also by the names of the first Floom's library", async () => {
  verifies("script-models:library");
  answers = [
    { results: [said("one"), failed("llm_auth_error")] },
    { embeddings: [[1], [2]], model: "m", usage, error: null },
    said("old"),
    { results: [said("old batch")] },
    { embeddings: [[3]], model: "m", usage, error: null },
  ];
  const lines = await python(`
import floom, workeros
one, two = floom.llm_batch(["a", {"messages": "b", "model": "m"}], max_parallel=2)
print(one, two.code, floom.embed(["a", "b"]))
chat = workeros.llm_chat([{"role": "user", "content": "x"}], temperature=0)
print(chat["content"], chat["choices"][0]["message"]["content"])
print(workeros.llm_chat_batch([{"messages": [{"role": "user", "content": "x"}]}])[0]["content"], workeros.embed("x"))`);
  expect(lines).toEqual(["one llm_auth_error [[1], [2]]", "old old", "old batch [3]"]);
  expect(asked.map(([path]) => path)).toEqual([
    "/llm/batch",
    "/embeddings",
    "/llm",
    "/llm/batch",
    "/embeddings",
  ]);
});

it("JavaScript asks the same", async () => {
  verifies("script-models:library");
  answers = [said("Hi"), failed("llm_auth_error"), { embeddings: [[1, 2]], model: "m", usage, error: null }];
  const source = `
import { llm, embed } from "floom";
const { content, usage } = await llm("Hello", { maxTokens: 3 });
console.log(content, usage.output_tokens);
try { await llm("x"); } catch (error) { console.log(error.name, error.code); }
console.log(JSON.stringify(await embed("a")));`;
  const attempt = await lab.run({
    files: { "run.mjs": source },
    config: { entry: "run.mjs", command: "node run.mjs" },
  });
  expect(attempt.lines()).toEqual(["Hi 2", "ModelFailed llm_auth_error", "[1,2]"]);
  expect(asked[0]).toEqual(["/llm", { messages: [{ role: "user", content: "Hello" }], max_tokens: 3 }]);
});

it("a shell prints what a model says", async () => {
  verifies("script-models:library");
  answers = [said("From a shell")];
  const shell = await lab.run({
    files: { "run.sh": 'floom llm "Say it"\n' },
    config: { entry: "run.sh", command: "bash run.sh" },
  });
  expect(shell.lines()).toEqual(["From a shell"]);
});
