import { expect, it } from "vitest";
import { verifies } from "../../../test/verifies.ts";
import fc from "fast-check";
import { head, hint, parameters as signature } from "../../../test/support/typing/signatures.ts";
import { inferPython } from "./infer-python.ts";

const infer = (source: string, more: Record<string, string> = {}) =>
  inferPython(new Map(Object.entries({ "main.py": source, ...more })), "main.py");

const findingsOf = (source: string) =>
  infer(source).findings.map(({ code, line, column }) => `${code} ${line}:${column}`);

it("a refusal names the line and column of the hint, the function, and what to write instead", () => {
  verifies("typing:refusal:line-and-suggestion");
  expect(infer("import pandas as pd\n\n\ndef load(a: int, frame: pd.DataFrame): ...\n")).toEqual({
    actions: [],
    findings: [
      {
        severity: "error",
        code: "type_unknown",
        file: "main.py",
        action: "load",
        line: 4,
        column: 25,
        message: "pd.DataFrame cannot be a field of a form.",
        fix: "Take a floom.Table: `.rows` are its rows, and pandas.DataFrame(table.rows) makes a frame.",
      },
    ],
  });
});

it("nothing of the file is run, whatever it does when it is read", () => {
  verifies("typing:source:never-run");
  const { actions } = infer(
    'import os\nos.system("touch /tmp/ran")\nraise SystemExit(1)\ndef f(n: int = os.getpid()): ...\n',
  );
  expect(actions).toMatchObject([{ name: "f", input_schema: { properties: { n: { type: "integer" } } } }]);
  expect(actions[0]?.input_schema["properties"]).not.toHaveProperty("n.default");
});

it("a refusal in another file names that file", () => {
  const { findings } = infer("from kinds import Box\ndef f(b: Box): ...\n", {
    "kinds.py":
      "from dataclasses import dataclass\nimport socket\n@dataclass\nclass Box:\n    s: socket.socket\n",
  });
  expect(findings).toMatchObject([{ file: "kinds.py", line: 5, action: "f" }]);
});

it("one function's fault keeps no other from being an action", () => {
  const { actions, findings } = infer(
    "def good(n: int): ...\ndef bad(*n: int): ...\ndef fine(s: str): ...\n",
  );
  expect(actions.map(({ name }) => name)).toEqual(["good", "fine"]);
  expect(findings).toMatchObject([{ action: "bad", code: "open_parameters" }]);
});

it("of two functions of one name the later counts, as in Python", () => {
  const { actions } = infer("def f(a: int): ...\ndef g(): ...\ndef f(b: str): ...\n");
  expect(actions.map(({ name }) => name)).toEqual(["g", "f"]);
  expect(actions[1]?.input_schema["properties"]).toHaveProperty("b");
});

it("functions in a condition or a try are functions; those in functions and classes are not", () => {
  const { actions } = infer(
    "try:\n    def a(): ...\nexcept ImportError:\n    def b(): ...\nif True:\n    def c(): ...\nclass D:\n    def e(self): ...\n",
  );
  expect(actions.map(({ name }) => name)).toEqual(["a", "b", "c"]);
});

it("imports in a circle, and types that mention themselves without end, come to an end", () => {
  const circle = infer("from a import X\ndef f(x: X): ...\n", {
    "a.py": "from b import X\n",
    "b.py": "from a import X\n",
  });
  expect(circle.findings).toMatchObject([{ code: "type_unknown" }]);
  expect(infer("A = B\nB = A\ndef f(x: A): ...\n").actions).toHaveLength(1);
  expect(infer("type T = list[T]\ndef f(x: T): ...\n").actions[0]?.input_schema).toMatchObject({
    properties: { x: { $ref: "#/$defs/T" } },
    $defs: { T: { type: "array", items: { $ref: "#/$defs/T" } } },
  });
  expect(infer("X = X\ndef f(n: int = X): ...\n").actions).toHaveLength(1);
});

it("a hint deeper than anybody reads is refused in its place, a file deeper than Python reads as a whole", () => {
  const nested = (levels: number) => `def f(x: ${"list[".repeat(levels)}int${"]".repeat(levels)}): ...\n`;
  expect(findingsOf(nested(150))).toEqual(["bad_hint 1:10"]);
  expect(findingsOf(nested(20_000))).toEqual(["file_too_deep 1:1009"]);
  expect(findingsOf(`def f(x: ${"int | ".repeat(150)}str): ...\n`)).toEqual(["bad_hint 1:10"]);
  expect(findingsOf(`def f(x: "${"(".repeat(20_000)}"): ...\n`)).toEqual(["bad_hint 1:10"]);
  const quiet = `x = ${JSON.stringify("[".repeat(5000))} # ${"(".repeat(5000)}\n'''${"{".repeat(5000)}'''\n`;
  expect(infer(`${quiet}def f(n: int): ...\n`).actions).toHaveLength(1);
});

it("bodies that are no Python do not matter, signatures that are none do", () => {
  expect(infer("def f(n: int):\n    return n +\n\ndef g(s: str): ...\n").actions).toHaveLength(2);
  expect(findingsOf("def f(n int): ...\n")).toEqual(["bad_signature 1:9"]);
  expect(findingsOf("def f(n:): ...\n")).toEqual(["bad_signature 1:9"]);
});

it("whatever a signature says, it becomes a schema or is refused at a place in the file", () => {
  fc.assert(
    fc.property(signature, hint, (parameters, returns) => {
      const source = `${head}def act(${parameters}) -> ${returns}: ...\n`;
      const { actions, findings } = infer(source);
      const errors = findings.filter(({ severity }) => severity === "error");
      expect(actions.length + Math.min(1, errors.length)).toBe(1);
      const lines = source.split("\n");
      for (const { line, column, message, fix } of findings) {
        expect(lines[line - 1]?.length ?? -1).toBeGreaterThanOrEqual(column - 1);
        expect(message).toMatch(/[.:]/);
        expect(fix).toMatch(/\.$/);
      }
    }),
    { seed: 11, numRuns: 1500 },
  );
});

it("any text at all is read without a fault of ours", () => {
  const piece = fc.constantFrom(
    ..."def f( ) : -> , = * ** / @ class x int [ ] { } ' \" ''' \\ \n  import from as type . | lambda async #".split(
      " ",
    ),
    "\n",
    "    ",
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, fc.string()), { maxLength: 60 }), (pieces) => {
      const { actions } = infer(pieces.join(" "));
      for (const { input_schema } of actions) expect(input_schema["type"]).toBe("object");
    }),
    { seed: 12, numRuns: 1500 },
  );
});
