import { spawnSync } from "node:child_process";
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, it } from "vitest";
import * as z from "zod";
import type { Json } from "#contract/json";
import { drawFrom } from "../test/support/typing/draw-from-schema.ts";
import { head, parameters } from "../test/support/typing/signatures.ts";
import { verifies } from "../test/verifies.ts";
import { inferPython } from "../worker/registry/infer/infer-python.ts";
import type { InferredAction } from "../worker/registry/infer/infer-python.ts";

const PYTHON = "/usr/bin/python3";
const fixtures = join(import.meta.dirname, "../test/fixtures/typing");
const home = mkdtempSync(join(tmpdir(), "floom-typed-"));
mkdirSync(join(home, "inputs"));
writeFileSync(join(home, "inputs/one.csv"), "a,b\n1,2\n");
afterAll(() => rmSync(home, { recursive: true }));

interface Call {
  action: string;
  inputs: Record<string, Json>;
}

const inputsSchema = z.record(z.string(), z.json());
const answerSchema = z.object({ faults: z.array(z.string()), python: z.tuple([z.number(), z.number()]) });

/** Calls functions of these files in the real Python; what does not arrive as it is hinted, in words. */
function check(modules: { path: string; calls: Call[] }[]) {
  const checker = join(import.meta.dirname, "../test/support/typing/check_typed.py");
  const libraries = join(import.meta.dirname, "../test/support/typing/libraries");
  const done = spawnSync(PYTHON, ["-W", "ignore", checker], {
    cwd: home,
    env: {
      ...process.env,
      PYTHONPATH: `${process.env["FLOOM_PYTHON_LIBRARIES"] ?? libraries}:${import.meta.dirname}`,
      FLOOM_OUTPUT_DIR: home,
    },
    input: JSON.stringify({ modules }),
    maxBuffer: 64 * 1024 * 1024,
  });
  if (done.status !== 0) throw new Error(done.stderr.toString());
  return answerSchema.parse(JSON.parse(done.stdout.toString()));
}

const drawCalls = ({ name, input_schema }: InferredAction, seed: number, numRuns: number): Call[] =>
  fc
    .sample(drawFrom(input_schema), { seed, numRuns })
    .map((inputs) => ({ action: name, inputs: inputsSchema.parse(inputs) }));

it("whatever signature is accepted, what its form can send arrives in Python as it is hinted", () => {
  verifies("typing:run:arrives-as-hinted");
  const signatures = fc.sample(parameters, { seed: 21, numRuns: 1500 });
  const functions = signatures.map((all, index) => `def act${index}(${all}): ...\n`);
  const source = `${head}${functions.join("")}`;
  const { actions } = inferPython(new Map([["main.py", source]]), "main.py");
  expect(actions.length).toBeGreaterThan(300);
  const isAccepted = new Set(actions.map((action) => action.function));
  const accepted = functions.filter((_, index) => isAccepted.has(`act${index}`));
  const path = join(home, "generated.py");
  writeFileSync(path, `${head}${accepted.join("")}`);
  const calls = actions.flatMap((action, index) => drawCalls(action, index, 6));
  expect(check([{ path, calls }]).faults).toEqual([]);
});

it("every signature of the written subset takes what its schema says", () => {
  verifies("typing:run:arrives-as-hinted");
  const folder = join(home, "golden");
  cpSync(fixtures, folder, { recursive: true });
  const files = globSync("**/*.py", { cwd: folder });
  const sources = new Map(files.map((path) => [path, readFileSync(join(folder, path), "utf8")]));
  // What is refused is no Python in places, and what is decorated twice has one action of a name.
  const entries = files.filter((path) => !path.includes("/") && !path.startsWith("refused"));
  const modules = entries.map((path) => {
    const { actions } = inferPython(sources, path);
    // Python before 3.12 does not know the statement; what it says is the same.
    const text = sources.get(path)?.replaceAll(/^type (\w+) =/gm, "$1 =") ?? "";
    writeFileSync(join(folder, path), text);
    return {
      path: join(folder, path),
      calls: actions.flatMap((action, index) => drawCalls(action, index, 5)),
    };
  });
  expect(modules.flatMap(({ calls }) => calls).length).toBeGreaterThan(700);
  expect(check(modules).faults).toEqual([]);
});
