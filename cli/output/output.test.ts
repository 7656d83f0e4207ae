import { expect, it } from "vitest";
import { verifies } from "../../test/verifies.ts";
import { formatAgo, formatBytes, formatDuration } from "./format.ts";
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

it("tells times, sizes and durations as people do", () => {
  const now = Date.parse("2026-03-01T00:00:00Z");
  expect(formatAgo("2026-02-28T23:59:58Z", now)).toBe("just now");
  expect(formatAgo("2026-02-28T23:00:00Z", now)).toBe("1 h ago");
  expect(formatAgo("2026-02-27T23:00:00Z", now)).toBe("1 day ago");
  expect(formatAgo("2025-12-24T00:00:00Z", now)).toBe("2025-12-24");
  expect([999, 1000, 59_999, 60_000, 3_660_000].map(formatDuration)).toEqual([
    ...["999 ms", "1.0 s", "59.9 s", "1 min 0 s", "1 h 1 min"],
  ]);
  expect([0, 1023, 1536, 5 * 1024 * 1024].map(formatBytes)).toEqual(["0 B", "1023 B", "1.5 KiB", "5 MiB"]);
});
