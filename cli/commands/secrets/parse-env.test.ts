import { expect, it } from "vitest";
import { parseEnv } from "./parse-env.ts";

it("reads names and values as shells and dotenv have them", () => {
  const source = [
    "# a comment",
    "PLAIN=abc def # behind",
    "export HASH=a#b",
    "SINGLE='a \\n $B #c'  # behind",
    'DOUBLE="a\\n\\"b\\" \\\\c"',
    'PEM="-----BEGIN',
    "line two",
    '-----END"',
    "  SPACED  =  x  ",
    "TWICE=1",
    "TWICE=2",
    "EMPTY=",
    "",
  ].join("\r\n");
  const { entries, faults } = parseEnv(source);
  expect(faults).toEqual([]);
  expect(Object.fromEntries(entries.map(({ name, value }) => [name, value]))).toEqual({
    PLAIN: "abc def",
    HASH: "a#b",
    SINGLE: "a \\n $B #c",
    DOUBLE: 'a\n"b" \\c',
    PEM: "-----BEGIN\nline two\n-----END",
    SPACED: "x",
    TWICE: "2",
    EMPTY: "",
  });
  expect(entries.find(({ name }) => name === "PEM")?.line).toBe(6);
});

it("names the lines that are no NAME=value", () => {
  expect(parseEnv("just words\nA=1\n1B=2\nC='open\n").faults).toEqual([
    { line: 1 },
    { line: 3 },
    { line: 4 },
  ]);
});
