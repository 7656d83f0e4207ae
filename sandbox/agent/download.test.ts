import { expect, it } from "vitest";
import { askAgent } from "../../test/support/sandbox-agent/ask-agent.ts";

const encodings: readonly (readonly [header: string | null, encoding: string | null])[] = [
  [null, "identity"],
  ["", "identity"],
  ["gzip", "gzip"],
  ["gzip, deflate", "identity"],
  ["gzip, deflate, br", "identity"],
  ["*", "identity"],
  ["gzip;q=0", "identity"],
  ["identity;q=0, gzip", "gzip"],
  ["gzip;q=0.9, identity;q=0.1", "gzip"],
  ["identity;q=0", null],
  ["*;q=0", null],
  ["br, *;q=0", null],
  ["gzip, *;q=0", "gzip"],
];

it("a file is sent plain unless Accept-Encoding rules that out or asks for gzip alone", () => {
  const code =
    "from agent.download import choose_encoding\nanswer = [choose_encoding(text) for text in given]";
  const headers = encodings.map(([header]) => header);
  expect(askAgent(code, headers)).toEqual(encodings.map(([, encoding]) => encoding));
});

const ranges: readonly (readonly [header: string | null, range: unknown])[] = [
  [null, null],
  ["bytes=0-", [0, 9]],
  ["bytes=2-4", [2, 4]],
  ["bytes=2-99", [2, 9]],
  ["bytes=-3", [7, 9]],
  ["bytes=-99", [0, 9]],
  ["bytes=10-", "unsatisfiable"],
  ["bytes=-0", "unsatisfiable"],
  ["bytes=4-2", null],
  ["bytes=0-1,4-5", null],
  ["bytes=-", null],
  ["bytes=²-", null],
  ["lines=1-2", null],
];

it("a range means the bytes it names, nothing that can be sent, or the whole file", () => {
  const code = "from agent.download import parse_range\nanswer = [parse_range(text, 10) for text in given]";
  const headers = ranges.map(([header]) => header);
  expect(askAgent(code, headers)).toEqual(ranges.map(([, range]) => range));
});

it("no range of an empty file can be satisfied", () => {
  const code = "from agent.download import parse_range\nanswer = [parse_range(text, 0) for text in given]";
  expect(askAgent(code, ["bytes=0-", "bytes=-5"])).toEqual(["unsatisfiable", "unsatisfiable"]);
});
