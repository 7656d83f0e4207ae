import { expect, it } from "vitest";
import { verifies } from "../../test/verifies.ts";
import { openLiveLine } from "./live-line.ts";
import { isLively, openStyle, wantsColor } from "./style.ts";
import { renderPairs, renderTable } from "./table.ts";

const terminal = { isTerminal: true };
const pipe = { isTerminal: false };

it("colours a terminal, and whatever the environment says", () => {
  verifies("cli:output:plain-when-not-a-terminal");
  expect(wantsColor({}, terminal)).toBe(true);
  expect(wantsColor({}, pipe)).toBe(false);
  expect(wantsColor({ NO_COLOR: "1" }, terminal)).toBe(false);
  expect(wantsColor({ NO_COLOR: "" }, terminal)).toBe(true);
  expect(wantsColor({ FORCE_COLOR: "1" }, pipe)).toBe(true);
  expect(wantsColor({ FORCE_COLOR: "0" }, terminal)).toBe(false);
  expect(wantsColor({ FORCE_COLOR: "1", NO_COLOR: "1" }, terminal)).toBe(false);
  expect(isLively({ CI: "true" }, terminal)).toBe(false);
  expect(isLively({ TERM: "dumb" }, terminal)).toBe(false);
});

it("draws no spinner where nobody watches, and clears it where somebody does", () => {
  verifies("cli:output:plain-when-not-a-terminal");
  for (const [lively, expected] of [
    [false, "log\n"],
    [true, "\r\u001B[2K⠋ running\r\u001B[2Klog\n\r\u001B[2K⠋ running\r\u001B[2K"],
  ] as const) {
    let written = "";
    const sink = {
      ...terminal,
      write: (text: string) => void (written += text),
      writeBytes: async () => undefined,
      columns: 40,
    };
    const line = openLiveLine(sink, lively);
    line.set("running");
    line.above(() => sink.write("log\n"));
    line.stop();
    expect(written).toBe(expected);
  }
});

it("lines tables up by what is seen, colours or not", () => {
  const red = openStyle({}, terminal).red("long");
  const rows = [
    [red, "x"],
    ["s", ""],
  ];
  expect(renderTable(["A", "B"], rows)).toEqual(["A     B", `${red}  x`, "s"]);
  expect(
    renderPairs([
      ["a", "1\n2"],
      ["long", "3"],
    ]),
  ).toEqual(["a     1\n      2", "long  3"]);
});
