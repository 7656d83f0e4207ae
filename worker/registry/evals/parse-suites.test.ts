import { expect, it } from "vitest";
import { verifies } from "../../../test/verifies.ts";
import { fileOf } from "../bundle/bundle-file.ts";
import { whySlowPattern } from "#contract/forms/measure-pattern";
import { parseSuite, readSuites } from "./parse-suites.ts";

const file = (path: string, text: string) => fileOf(path, new TextEncoder().encode(text));

it("reads the suites of a folder with what is usual filled in", async () => {
  const { suites, problems } = await readSuites([
    file("evals/b.yml", "cases: [{name: one, inputs: {a: 1}, expected: {b: 2}}]"),
    file("evals/a.yaml", "samples: 3\nscorers: [{type: regex, pattern: x}]\ncases: [{name: one}]"),
    file("evals/deep/c.yml", "anything"),
    file("evals/notes.md", "anything"),
  ]);
  expect(problems).toEqual([]);
  expect(suites.map(({ name, samples, threshold }) => [name, samples, threshold])).toEqual([
    ["a", 3, 1],
    ["b", 1, 1],
  ]);
});

const bomb = "bcdefgh"
  .split("")
  .map((name, at) => `${name}: &${name} [${Array(9).fill(`*${"abcdefg"[at]}`).join(", ")}]\n`)
  .join("");

it.each([
  ["cases:\n  - name: one\n    inptus: {}\n", 3, "inptus"],
  ["cases: [\n", 2, ""],
  ["cases:\n  - {name: one}\n  - {name: one}\n", 3, "Two cases"],
  ["scorers:\n  - type: regex\n    pattern: (a+)+$\ncases: [{name: one}]", 3, "another repeat"],
  ["scorers:\n  - type: nearly\ncases: [{name: one}]", 2, "scorers.0.type"],
  [
    "cases:\n  - name: one\n    scorers:\n      - type: json_schema\n        schema: {properties: {a: {pattern: (x*)*}}}\n",
    5,
    "another repeat",
  ],
  ["- a list", 1, "must be a mapping"],
  [`cases: [{name: one, inputs: {x: ${"[".repeat(4000)}${"]".repeat(4000)}}}]`, 1, "nested too deep"],
  [`a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1]\n${bomb}cases: [{name: one}]\n`, 1, "aliases stand for too much"],
  ["cases:\n  - &one {name: one}\n  - {<<: *one, name: two}\n", 3, "Merge keys"],
  ["cases:\n  - name: one\n    name: two\n", 3, "written twice"],
  ["cases:\n  - name: one\n    inputs: {__proto__: 1}\n", 3, "__proto__"],
  ["cases:\n  - name: one\n    scorers: [{type: json_schema, schema: {$ref: '#'}}]\n", 3, "cannot be used"],
  [
    "scorers: [{type: json_schema, schema: {$ref: 'https://example.com/a.json'}}]\ncases: [{name: one}]",
    1,
    "used",
  ],
])("says where %j is wrong", (text, line, words) => {
  verifies("evals:files:judged-at-push");
  const { suite, problems } = parseSuite("evals/a.yml", text);
  expect(suite).toBeNull();
  const [first] = problems;
  expect(first).toMatchObject({ file: "evals/a.yml", line });
  expect(first?.message).toContain(words);
});

it("takes no file that is too large, badly named, there twice, or has too many runs", async () => {
  const cases = Array.from({ length: 60 }, (_, at) => `  - {name: c${at}}`).join("\n");
  const { problems } = await readSuites([
    file("evals/Big Name.yml", "cases: [{name: a}]"),
    file("evals/a.yml", "cases: [{name: a}]"),
    file("evals/a.yaml", "cases: [{name: a}]"),
    file("evals/large.yml", `#${"x".repeat(300_000)}`),
  ]);
  expect(problems.map(({ file: path }) => path)).toEqual([
    "evals/Big Name.yml",
    "evals/a.yaml",
    "evals/large.yml",
  ]);
  const many = await readSuites([file("evals/a.yml", `samples: 10\ncases:\n${cases}`)]);
  expect(many.problems[0]?.message).toContain("600 runs");
});

it("knows patterns that may take for ever", () => {
  const nested = ["(a+)+", "(a|aa)+$", "(?:x*y)*", "(a?){40}b", "(?:a|a){40}b", "(a?){2}", "(a{2,}){30}"];
  const inRow = ["a*b*c*d", `${"a?".repeat(40)}b`, `${"(a|a)".repeat(30)}b`, "a{60000}", "(a{99}){99}"];
  for (const slow of [...nested, ...inRow, "(a)\\1", "["]) expect(whySlowPattern(slow), slow).not.toBeNull();
  const dates = ["^\\d{4}-\\d{2}-\\d{2}$", "(ab){2}", "\\(a\\+\\)", "(\\p{Lu}{3}-){2}", "a+?b*?"];
  const words = [
    "(yes|no)",
    "(?<who>ada|bob)? said",
    "colou?rs?",
    "(?:one|two|three) (?:four|five)",
    "(?=x)y",
  ];
  for (const quick of [...dates, ...words, "[+*]{3}", "a+b+"])
    expect(whySlowPattern(quick), quick).toBeNull();
});
