import { afterEach, describe, expect, it } from "vitest";
import { foldPartial } from "#contract/runs/fold-partial";
import type { PartialOutput } from "#contract/runs/partial";
import { RunnerLab } from "../test/support/runner/start-runner.ts";
import type { Attempt, Script } from "../test/support/runner/start-runner.ts";
import { verifies } from "../test/verifies.ts";

const labs: RunnerLab[] = [];
afterEach(async () => {
  for (const lab of labs.splice(0)) await lab.close();
});

async function act(source: string, config: Script["config"] = {}) {
  const lab = await RunnerLab.open();
  labs.push(lab);
  const environment = { FLOOM_ACTION: "act", ...config.environment };
  return lab.run({
    files: { "app.py": source },
    entry: "app.py",
    command: "python app.py",
    config: { ...config, environment },
  });
}

async function actInNode(source: string, output: object) {
  const lab = await RunnerLab.open();
  labs.push(lab);
  const schema = { input_schema: { type: "object", properties: {} }, output_schema: output };
  const environment = { FLOOM_ACTION: "act", FLOOM_ACTION_SCHEMA: JSON.stringify(schema) };
  return lab.run({
    files: { "app.mjs": source },
    entry: "app.mjs",
    command: "node app.mjs",
    config: { runtime: "node", environment },
  });
}

const tellings = ({ entries }: Attempt) =>
  entries.flatMap((entry) => (entry.type === "partial" ? [entry] : []));

/** What is known once all has been told. */
const folded = (attempt: Attempt) =>
  tellings(attempt).reduce<PartialOutput | null>((known, told) => foldPartial(known, told), null);

const noNumber = "class Odd:\n    def __str__(self): raise ValueError('no')\n    __repr__ = __str__\n";

describe("what a function hands back piece by piece", () => {
  it("is told while it goes on, and the list is the result", async () => {
    verifies("runner:typed:told-while-it-runs");
    const waits =
      "import time\ndef act():\n    for i in range(3):\n        yield {'i': i}\n        time.sleep(0.4)";
    const attempt = await act(waits);
    expect(tellings(attempt).length).toBeGreaterThan(1);
    expect(tellings(attempt)[0]).toMatchObject({ count: 1, follows: true, pieces: [{ i: 0 }] });
    expect(folded(attempt)).toEqual({ count: 3, pieces: [{ i: 0 }, { i: 1 }, { i: 2 }], left_out: false });
    expect(attempt.result.outputs).toEqual({ result: [{ i: 0 }, { i: 1 }, { i: 2 }] });
  });

  it("is a text that goes on where the hint says so, whichever word it uses", async () => {
    verifies("runner:typed:told-while-it-runs");
    const hints = ["Iterator[str]", "'Generator[str, None, None]'", "Annotated[Iterable['str'], 'told']"];
    for (const hint of hints) {
      const attempt = await act(
        `from typing import *\ndef act() -> ${hint}:\n    yield 'Hello '\n    yield 'world'`,
      );
      expect(folded(attempt), hint).toEqual({ count: 2, pieces: "Hello world", left_out: false });
      expect(attempt.result.outputs, hint).toEqual({ result: ["Hello ", "world"] });
    }
    const later = await act(
      "from typing import *\nasync def act() -> AsyncIterator[str]:\n    yield 'a'\n    yield 'b'",
    );
    expect(folded(later)?.pieces).toBe("ab");
    const plain = await act("def act():\n    yield 'a'\n    yield 'b'");
    expect(folded(plain)?.pieces).toEqual(["a", "b"]);
  });

  it("is bounded, however many and however large its pieces are, and the newest is kept", async () => {
    verifies("runner:typed:told-while-it-runs");
    const many = await act("def act():\n    for i in range(50_000): yield i");
    expect(tellings(many).length).toBeLessThan(40);
    expect(folded(many)).toMatchObject({ count: 50_000, left_out: true });
    expect(folded(many)?.pieces.at(-1)).toBe(49_999);
    expect(folded(many)?.pieces.length).toBeLessThanOrEqual(100);
    const large = await act(
      "from typing import Iterator\ndef act() -> Iterator[str]:\n    yield 'x' * 3_000_000\n    yield 'end'",
      {},
    );
    expect(folded(large)?.pieces).toHaveLength(16 * 1024);
    expect(folded(large)?.pieces.slice(-6)).toBe("xxxend");
    const wide = await act(
      "def act():\n    yield {'a': ['x' * 100_000] * 2, 'b': list(range(100_000)), 'c': [[[[[[[[[[[[[[1]]]]]]]]]]]]]]}",
    );
    expect(wide.result.outcome).toBe("success");
    expect(JSON.stringify(folded(wide)?.pieces).length).toBeLessThan(16 * 1024);
  });

  it("shows what is no JSON by the name of its type, and the run fails as it does at its end", async () => {
    const attempt = await act(
      `${noNumber}def act():\n    yield Odd()\n    yield float('nan')\n    yield 2 ** 70\n    yield b'abc'\n    yield {'__proto__': 1, 'a': iter([1])}\n    print('went on')`,
    );
    const pieces = ["<Odd>", "nan", String(2n ** 70n), "<3 bytes>"];
    expect(folded(attempt)?.pieces.slice(0, 4)).toEqual(pieces);
    expect(folded(attempt)?.pieces[4]).toMatchObject({ a: "<list_iterator>" });
    expect(attempt.lines("stdout")).toEqual(["went on"]);
    expect(attempt.result.error).toContain("/0 of what was returned is of type Odd");
  });

  it("keeps an iterator that a piece holds for the result", async () => {
    const attempt = await act("def act():\n    yield {'rows': (n for n in range(3))}");
    expect(attempt.result.outputs).toEqual({ result: [{ rows: [0, 1, 2] }] });
  });

  it("is told up to the piece before the one at which it fails, and what it opened is closed", async () => {
    verifies("runner:typed:told-while-it-runs");
    const attempt = await act(
      "def act():\n    try:\n        yield 1\n        yield 2\n        raise RuntimeError('broke')\n    finally:\n        print('closed')",
    );
    expect(folded(attempt)).toEqual({ count: 2, pieces: [1, 2], left_out: false });
    expect(attempt.lines("stdout")).toEqual(["closed"]);
    expect(attempt.result).toMatchObject({ outcome: "failure", error_code: "execution_error" });
    expect(attempt.lines("stderr").join("\n")).not.toContain("_typed.py");
  });

  it("leaves out secrets, within a piece and over their borders in one telling", async () => {
    const attempt = await act(
      "from typing import Iterator\nimport os\ndef act() -> Iterator[str]:\n    s = os.environ['KEY']\n    yield 'a ' + s[:9]\n    yield s[9:] + ' z'\n    yield s",
      { secrets: { KEY: "hunter2-hunter2-hunter2" } },
    );
    expect(JSON.stringify(tellings(attempt))).not.toContain("hunter2-hunter2-hunter2");
  });

  it("says nothing of a function that returns everything at once", async () => {
    expect(tellings(await act("def act():\n    return [1, 2]"))).toEqual([]);
  });

  it("is told of JavaScript's generators too", async () => {
    verifies("runner:typed:told-while-it-runs");
    const source =
      "export async function* act() { yield 'a'; await new Promise((done) => setTimeout(done, 400)); yield 'b'; }";
    const text = await actInNode(source, { type: "array", items: { type: "string" } });
    expect(folded(text)).toEqual({ count: 2, pieces: "ab", left_out: false });
    expect(tellings(text).length).toBe(2);
    expect(text.result.outputs).toEqual({ result: ["a", "b"] });
    const many = await actInNode(
      "export function* act() { for (let i = 0; i < 20000; i++) yield { i }; }",
      {},
    );
    expect(folded(many)).toMatchObject({ count: 20_000, left_out: true });
    expect(folded(many)?.pieces.at(-1)).toEqual({ i: 19_999 });
    const broken = await actInNode(
      "export function* act() { yield { d: new Date(0), l: [1].values(), b: 10n ** 40n }; throw new Error('broke'); }",
      {},
    );
    expect(folded(broken)?.pieces).toEqual([
      { d: "1970-01-01T00:00:00.000Z", l: "<Object>", b: String(10n ** 40n) },
    ]);
    expect(broken.result).toMatchObject({ outcome: "failure" });
    expect(broken.result.error).toContain("broke");
  });
});
