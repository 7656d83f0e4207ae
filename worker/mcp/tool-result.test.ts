import { expect, it } from "vitest";
import { parseJson } from "#contract/json";
import { MOST_CHARACTERS, SHORT_CHARACTERS, refuse, tell } from "./tool-result.ts";
import type { ToolResult } from "./tool-result.ts";

const rows = (count: number) => ({
  items: Array.from({ length: count }, (_, at) => ({ id: at, text: "t".repeat(900) })),
});
const textOf = ({ content }: ToolResult) => content[0]?.text ?? "";

it("a result is short unless all is asked for, as text and as a value, and says that it was cut", () => {
  const short = tell(rows(2_000));
  expect(textOf(short).length).toBeLessThanOrEqual(SHORT_CHARACTERS);
  expect(parseJson(textOf(short))).toEqual(short.structuredContent);
  expect(short.structuredContent?.["truncated"]).toContain("verbose: true");
});

it("even all ends somewhere, and then says how to come by the rest", () => {
  const all = tell(rows(2_000), { verbose: true, rest: "Read it page by page with cursor." });
  expect(textOf(all).length).toBeLessThanOrEqual(MOST_CHARACTERS);
  expect(textOf(all).length).toBeGreaterThan(MOST_CHARACTERS / 2);
  expect(all.structuredContent?.["truncated"]).toContain("with cursor");
  expect(tell(rows(200), { verbose: true }).structuredContent).toEqual(rows(200));
});

it("a tool that takes no verbose says how else", () => {
  const { structuredContent } = tell(
    { text: "x".repeat(100_000) },
    { hasVerbose: false, rest: "See there." },
  );
  expect(structuredContent?.["truncated"]).toMatch(/See there\.$/);
});

it("a refusal of what was far too long is short itself", () => {
  const refused = refuse({
    code: "invalid_arguments",
    detail: "d".repeat(1_000_000),
    errors: rows(1_000).items,
  });
  expect(textOf(refused).length).toBeLessThanOrEqual(SHORT_CHARACTERS);
  expect(refused).toMatchObject({ isError: true, structuredContent: { code: "invalid_arguments" } });
});
