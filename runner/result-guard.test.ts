import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { failureCodes } from "#contract/runs/run-failure";
import { createRandom } from "../test/support/random.ts";
import { RunnerLab } from "../test/support/runner/start-runner.ts";
import type { Script } from "../test/support/runner/start-runner.ts";
import { verifies } from "../test/verifies.ts";

let lab: RunnerLab;
beforeEach(async () => {
  lab = await RunnerLab.open();
});
afterEach(async () => {
  await lab.close();
});

const run = (source: string, options: Omit<Script, "files"> = {}) =>
  lab.run({ files: { "run.py": source }, ...options });

const dumping = (python: string) =>
  `import json, sys\nsys.setrecursionlimit(100000)\nopen("result.json", "w").write(json.dumps(${python}))`;

const NESTED = "(lambda f: f(f, 500))(lambda f, n: [f(f, n - 1)] if n else 1)";

describe("what a script hands over and the edge could not take", () => {
  it.each([
    ["a number beyond a double", "{'outputs': {'n': 10**400}}", /outputs\.n /],
    ["a number of a million digits", "{'outputs': {'n': 1}}", null],
    [
      "a whole number that would arrive as another",
      "{'outputs': {'a': {'id': [2**53]}}}",
      /outputs\.a\.id\[0\] /,
    ],
    ["NaN", "{'outputs': {'n': float('nan')}}", /outputs\.n /],
    ["outputs nested 500 deep", `{'outputs': {'n': ${NESTED}}}`, /outputs\.n.*nested/],
    [
      "a preview nested 500 deep",
      `{'decision_required': {'preview_payload': ${NESTED}}}`,
      /preview_payload.*nested/,
    ],
    ["a huge wait", "{'await_external': {'key': 'k', 'timeout_seconds': 10**400}}", /timeout_seconds/],
  ])("%s is the script's failure that names the place", async (_, python, place) => {
    verifies("runner:result:guarded");
    const { result } = await run(
      place ? dumping(python) : `open("result.json", "w").write('{"outputs":{"big":' + '9' * 10**6 + '}}')`,
    );
    expect(result).toMatchObject({ outcome: "failure", error_code: "invalid_result_json" });
    expect(result.error).toMatch(place ?? /outputs\.big /);
  });

  it("a preview larger than a post is output_too_large", async () => {
    const { result } = await run(dumping("{'decision_required': {'label': 'x', 'preview': 'y' * 600_000}}"));
    expect(result).toMatchObject({ outcome: "failure", error_code: "output_too_large" });
  });

  it("a failure that the script reports is told, whatever else is in its result", async () => {
    const { result } = await run(
      dumping("{'status': 'error', 'error': 'no such city', 'outputs': {'n': 10**400}}"),
    );
    expect(result).toMatchObject({ error_code: "worker_reported_error", error: "no such city" });
  });

  it("artifacts with names that no file can have are left out with a reason", async () => {
    const attempt = await run(
      dumping("{'artifacts': ['a\\ud800', '/tmp/a\\0b', 'a\\\\b', 'a:b', 'a\\tb', 'x' * 9000]}"),
    );
    expect(attempt.result.outcome).toBe("success");
    expect(attempt.lines("system")).toHaveLength(6);
  });
});

/** An expression for any value that Python's json can write, biased towards what is hard to carry. */
function anyValue(random: ReturnType<typeof createRandom>, depth: number): string {
  const leaves = [
    "None",
    "True",
    "10**400",
    "-2**60",
    "2**53-1",
    "1e308*10",
    "float('nan')",
    "0.1",
    "'\\ud83d'",
    "'\\ud83d\\ude00'",
    "'\\0\\x1b'",
    "'x'*200_000",
    NESTED,
  ];
  const kind = random.below(depth > 3 ? 1 : 3);
  if (kind === 0) return leaves[random.below(leaves.length)] ?? "None";
  const inner = Array.from({ length: random.below(3) }, () => anyValue(random, depth + 1));
  if (kind === 1) return `[${inner.join(",")}]`;
  return `{${inner.map((value, n) => `'${n === 0 ? "\\udc80" : "__proto__"}': ${value}`).join(",")}}`;
}

it("whatever Python can dump is taken, or ends the attempt once with a code of the script's own", async () => {
  for (let seed = 1; seed <= 25; seed++) {
    const random = createRandom(seed);
    const keys = [
      "outputs",
      "artifacts",
      "decision_required",
      "await_external",
      "error",
      "status",
      "error_code",
    ];
    const chosen = keys.filter(() => random.chance(0.3));
    const document = chosen.map((key) => `'${key}': ${anyValue(random, key === "outputs" ? 1 : 0)}`);
    const { result } = await run(dumping(`{${document.join(",")}}`));
    if (result.error_code !== null) {
      const known = Object.entries(failureCodes).find(([code]) => code === result.error_code);
      expect(["worker", "limit"], `seed ${seed}: ${result.error_code} ${result.error}`).toContain(
        known?.[1].kind,
      );
    }
    lab.edge.forget();
  }
}, 60_000);
