import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RunnerLab } from "../test/support/runner/start-runner.ts";
import { verifies } from "../test/verifies.ts";

let lab: RunnerLab;
beforeEach(async () => {
  lab = await RunnerLab.open();
});
afterEach(async () => {
  await lab.close();
});

const child = (number: number, change: Record<string, unknown> = {}) => ({
  run_id: `run_${number}`,
  worker: "leaf",
  status: "running",
  outputs: {},
  failure: null,
  ...change,
});

const run = async (source: string) => (await lab.run({ files: { "run.py": source } })).lines();

describe("floom.call_worker", () => {
  it("asks until the child has ended and gives its outputs, through a platform that is away", async () => {
    verifies("calls:module:call-and-parallel");
    const asked: string[] = [];
    lab.edge.answerCall = (method, path) => {
      asked.push(`${method} ${path}`);
      if (asked.length === 1) return { status: 503, document: { code: "unavailable", detail: "busy" } };
      if (asked.length < 4) return { status: 202, document: child(1) };
      return { status: 200, document: child(1, { status: "completed", outputs: { words: 3 } }) };
    };
    expect(
      await run('import floom\nprint(floom.call_worker("leaf", {"text": "a b c"}, timeout=30))'),
    ).toEqual(["{'words': 3}"]);
    expect(asked.map((line) => line.replace(/wait=\d+/, "wait"))).toEqual([
      "POST /calls",
      "POST /calls",
      "GET /calls/run_1?wait",
      "GET /calls/run_1?wait",
    ]);
  });

  it("names the action that it means, and keys calls of two actions apart", async () => {
    verifies("calls:action:named");
    const bodies: unknown[] = [];
    lab.edge.answerCall = (_method, _path, body) => {
      bodies.push(body);
      return { status: 200, document: child(1, { status: "completed" }) };
    };
    await run(`
import floom
floom.call_worker("leaf", {"n": 1}, action="add")
floom.call_workers_parallel([{"worker": "leaf", "inputs": {"n": 1}, "action": "less"}])`);
    expect(bodies).toMatchObject([{ action: "add" }, { action: "less" }]);
    expect(new Set(bodies.map((body) => (body as { key: string }).key)).size).toBe(2);
  });

  it("raises CallFailed with code and run for a child that failed, waits for approval, or is refused", async () => {
    verifies("calls:module:call-and-parallel");
    const failure = { message: "It broke.", code: "execution_error" };
    const answers = [
      { status: 202, document: child(1, { status: "failed", failure }) },
      { status: 202, document: child(2, { status: "pending_approval" }) },
      { status: 409, document: { code: "call_refused", detail: "Not listed." } },
    ];
    lab.edge.answerCall = () => answers.shift() ?? { status: 500, document: {} };
    const source = `
import workeros
for _ in range(3):
    try: workeros.call_worker("leaf")
    except workeros.CallFailed as error: print(error.code, error.run_id, error)`;
    expect(await run(source)).toEqual([
      "execution_error run_1 leaf did not complete: It broke.",
      "pending_approval run_2 leaf waits for an approval",
      "call_refused None Not listed.",
    ]);
  });

  it("calls several at once, gives their outputs in order, and keys that a later attempt gives again", async () => {
    verifies("calls:module:call-and-parallel");
    const keys: string[][] = [];
    lab.edge.answerCall = (_method, _path, body) => {
      const { key, inputs } = body as { key: string; inputs: { n: number } };
      keys.at(-1)?.push(key);
      return {
        status: 202,
        document: child(inputs.n, { status: "completed", outputs: { n: inputs.n * 10 } }),
      };
    };
    const source = `
import floom
calls = [("leaf", {"n": n}) for n in (1, 2, 2, 3)] + [{"worker": "leaf", "inputs": {"n": 1}}]
print([answer["n"] for answer in floom.call_workers_parallel(calls)])`;
    for (let attempt = 0; attempt < 2; attempt++) {
      lab.edge.forget();
      keys.push([]);
      expect(await run(source)).toEqual(["[10, 20, 20, 30, 10]"]);
    }
    expect(new Set(keys[0]).size).toBe(5);
    expect(keys[0]?.toSorted()).toEqual(keys[1]?.toSorted());
  });
});
