import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ScriptAnswer } from "#contract/script-tools/script-call";
import { RunnerLab } from "../test/support/runner/start-runner.ts";
import { verifies } from "../test/verifies.ts";

let lab: RunnerLab;
/** What was asked, and what the next calls are answered; the last answer is given again and again. */
let asked: { method: string; path: string; key: string; body: unknown }[];
let answers: { status: number; body: string }[];

const problem = (status: number, code: string) => ({
  status,
  body: JSON.stringify({ code, detail: `It is ${code}.` }),
});

beforeEach(async () => {
  lab = await RunnerLab.open();
  asked = [];
  answers = [];
  lab.edge.answerRun = ({ method, path, headers, body }) => {
    const key = headers["idempotency-key"];
    if (headers.authorization !== `Bearer ${lab.edge.token}`) return problem(401, "unauthenticated");
    const given: unknown = body.length === 0 ? null : JSON.parse(body.toString());
    asked.push({ method, path, key: typeof key === "string" ? key : "", body: given });
    const next = answers.length > 1 ? answers.shift() : answers[0];
    return next ?? { status: 500, body: "{}" };
  };
});
afterEach(async () => {
  await lab.close();
});

const told = (change: Partial<ScriptAnswer>) => ({
  status: 200,
  body: JSON.stringify({
    call_id: "client:k",
    tool: "linear__search",
    status: "answered",
    content: null,
    code: null,
    message: null,
    retryable: false,
    sent: true,
    edited: false,
    approval_id: null,
    retry_at: null,
    ...change,
  }),
});
const found = told({ content: { rows: [1, "ä"] } });
const held = told({ status: "held", sent: false, approval_id: `apr_${"0".repeat(26)}` as never });
const connections = { linear: "con_1", gmail: "con_2" };

const python = async (source: string) =>
  (await lab.run({ files: { "run.py": source }, config: { connections } })).lines();
const node = async (source: string) =>
  (
    await lab.run({
      files: { "run.mjs": source },
      config: { entry: "run.mjs", command: "node run.mjs", connections },
    })
  ).lines();

describe("floom.connections in Python", () => {
  it("calls a tool by name, and gives back what it answered", async () => {
    verifies("script-tools:library:python");
    answers = [found];
    const lines = await python(`
import floom
print(floom.connections.linear.execute("issues/search", {"text": "a b"}))
print(floom.connections["linear"].execute("list", key="mine"))
print(list(floom.connections), "gmail" in floom.connections, floom.connections.get("none"))`);
    expect(lines).toEqual(["{'rows': [1, 'ä']}", "{'rows': [1, 'ä']}", "['linear', 'gmail'] True None"]);
    expect(asked).toMatchObject([
      {
        method: "POST",
        path: "/connections/linear/issues_search",
        key: expect.stringMatching(/^auto-/) as string,
        body: { arguments: { text: "a b" } },
      },
      { path: "/connections/linear/list", key: "mine", body: { arguments: {} } },
    ]);
  });

  it("waits for a person, asks again under the same key, and while the platform is away", async () => {
    verifies("script-tools:library:waits");
    answers = [problem(503, "unavailable"), held, told({ status: "later", retry_at: null }), held, found];
    const lines = await python(
      'import floom\nprint(floom.connections.linear.execute("search", {"text": "x"})["rows"][0])',
    );
    expect(lines).toEqual(["1"]);
    expect(asked).toHaveLength(5);
    expect(new Set(asked.map(({ key }) => key)).size).toBe(1);
  });

  it("says by a code why a call failed, was denied or still waits", async () => {
    verifies("script-tools:library:python");
    answers = [
      told({
        status: "failed",
        code: "tool_error",
        message: "No such issue.",
        content: "x",
        retryable: true,
      }),
      told({ status: "denied", code: "rejected", message: "A person rejected it.", sent: false }),
      problem(409, "run_finished"),
      held,
    ];
    const lines = await python(`
import floom
for wait in (None, None, None, 0):
    try: floom.connections.linear.execute("search", wait=wait)
    except floom.ConnectionFailed as error:
        print(error.code, error.sent, error.retryable, error.content, error.approval_id, error)`);
    expect(lines).toEqual([
      "tool_error True True x None No such issue.",
      "rejected False False None None A person rejected it.",
      "run_finished False False None None It is run_finished.",
      `pending_approval False False None apr_${"0".repeat(26)} linear__search waits for a person's approval`,
    ]);
  });

  it("lists tools, and leaves its ids where scripts of the first Floom look for them", async () => {
    verifies("script-tools:compat:connections-json");
    const tool = { name: "search", full_name: "linear__search", description: "Finds.", effect: "read" };
    const list = [{ name: "linear", id: "con_1", kind: "mcp", tools: [{ ...tool, input_schema: {} }] }];
    answers = [{ status: 200, body: JSON.stringify({ connections: list }) }];
    const lines = await python(`
import floom, json
print([tool["name"] for tool in floom.connections.linear.tools()], floom.connections.gmail.tools())
print(json.load(open("connections.json")), json.dumps({"connected_account_id": floom.context.connections.get("gmail")}))`);
    expect(lines).toEqual([
      "['search'] []",
      `{'linear': 'con_1', 'gmail': 'con_2'} {"connected_account_id": "con_2"}`,
    ]);
  });
});

describe("connections in JavaScript and in shells", () => {
  it("calls tools by the same names, and rejects with the same codes", async () => {
    verifies("script-tools:library:javascript");
    answers = [
      found,
      told({ status: "denied", code: "tier_forbids", message: "Not by tier 1.", sent: false }),
    ];
    const lines = await node(`
import { connections } from "floom";
console.log(JSON.stringify(await connections.linear.execute("search", { text: "ä" })));
try { await connections.linear.execute("send", {}, { key: "k1" }); }
catch (error) { console.log(error.name, error.code, error.sent, error.message); }
console.log(Object.keys(connections).join(), "gmail" in connections, connections.gmail.id);`);
    expect(lines).toEqual([
      '{"rows":[1,"ä"]}',
      "ConnectionFailed tier_forbids false Not by tier 1.",
      "linear,gmail true con_2",
    ]);
    expect(asked[0]).toMatchObject({ body: { arguments: { text: "ä" } } });
    expect(asked[1]).toMatchObject({ key: "k1" });
  });

  it("prints what came back, and ends with 5 where nothing was sent", async () => {
    verifies("script-tools:library:shell");
    answers = [found, told({ status: "denied", code: "tool_unknown", message: "No.", sent: false })];
    const attempt = await lab.run({
      files: {
        "run.sh": `floom connections call linear search '{"text": "x"}'\necho '{}' | floom connections call linear none -\necho "code $?"\n`,
      },
      config: { entry: "run.sh", command: "bash run.sh", connections },
    });
    expect(attempt.lines("stdout")).toEqual(['{"rows": [1, "\\u00e4"]}', "code 5"]);
    expect(attempt.lines("stderr")).toEqual(["floom connections: tool_unknown: No."]);
  });
});
