import type { AreaCount } from "./report.ts";

const BEGIN = "<!-- attack: begin -->";
const END = "<!-- attack: end -->";
const ROW = /^\| *([a-z-]+) *\|.*\| *(\d+) *\| *(\d+) *\|$/;

/**
 * A document whose table of areas, which stands between two marks, has these counts; areas that were not tried this
 * time keep their row. The order and the titles are those of `titles`. Throws when the marks are absent.
 */
export function writeDocsTable(
  document: string,
  counts: readonly AreaCount[],
  titles: Readonly<Record<string, string>>,
): string {
  const begin = document.indexOf(BEGIN);
  const end = document.indexOf(END);
  if (begin === -1 || end < begin) throw new Error(`the document has no ${BEGIN} with ${END} after it`);

  const numbers = new Map<string, readonly [tried: number, blocked: number]>();
  for (const line of document.slice(begin, end).split("\n")) {
    const [, area = "", tried, blocked] = ROW.exec(line) ?? [];
    if (area !== "") numbers.set(area, [Number(tried), Number(blocked)]);
  }
  for (const { area, tried, blocked } of counts) if (tried > 0) numbers.set(area, [tried, blocked]);

  const rows = Object.entries(titles).flatMap(([area, title]) => {
    const [tried, blocked] = numbers.get(area) ?? [];
    return tried === undefined || blocked === undefined ? [] : [{ area, title, tried, blocked }];
  });
  const tried = rows.reduce((sum, row) => sum + row.tried, 0);
  const blocked = rows.reduce((sum, row) => sum + row.blocked, 0);
  const table = [
    BEGIN,
    "",
    `${tried} tried, ${blocked} blocked, ${tried - blocked} got through.`,
    "",
    "| Area | What an attacker wants | Tried | Blocked |",
    "| --- | --- | ---: | ---: |",
    ...rows.map((row) => `| ${row.area} | ${row.title} | ${row.tried} | ${row.blocked} |`),
    "",
  ];
  return `${document.slice(0, begin)}${table.join("\n")}\n${document.slice(end)}`;
}
