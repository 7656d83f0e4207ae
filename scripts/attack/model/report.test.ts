import { describe, expect, it } from "vitest";
import { verifies } from "../../../test/verifies.ts";
import type { Judged, Verdict } from "./judge.ts";
import { buildJson, countByArea, renderTable, renderThrough, renderVerdict } from "./report.ts";

function build(area: string, verdict: Verdict, more: Partial<Judged> = {}): Judged {
  const id = `${area}:${verdict}`;
  const attempt = { id, area, wants: "Get in.", kind: "outside", refusals: ["401"], control: "c" } as const;
  return { attempt, verdict, proof: "seen", open: null, ...more };
}

const all = [
  build("doors", "blocked"),
  build("doors", "got_through"),
  build("doors", "unproved"),
  build("host", "blocked"),
  build("host", "not_tried"),
];

describe("the report of an attack", () => {
  it("ends with one line of three numbers, in which what could not be proved counts as got through", () => {
    verifies("attack:report:last-line");
    expect(renderVerdict(all)).toBe("4 tried, 2 blocked, 2 got through");
    expect(renderVerdict([])).toBe("0 tried, 0 blocked, 0 got through");
  });

  it("shows a table of areas, and leaves out of it what was not tried", () => {
    verifies("attack:report:last-line");
    expect(renderTable(countByArea(all))).toEqual([
      "area   tried  blocked",
      "doors      3        1",
      "host       1        1",
    ]);
  });

  it("names what is known and open before what nobody knew, and what has been closed since", () => {
    verifies("attack:report:known-and-open");
    const known = build("kept", "got_through", { open: "It is so." });
    const closed = build("kept", "blocked", { open: "It was so." });
    const lines = renderThrough([build("doors", "got_through"), known, closed]);
    expect(lines).toEqual([
      "known and open: kept:got_through: It is so. (seen: seen)",
      "got through: doors:got_through (Get in. Seen: seen)",
      "no longer open: kept:blocked; take it from the list of what is known",
    ]);
  });

  it("lets nothing that was seen steer the terminal that shows it", () => {
    const [line] = renderThrough([build("doors", "got_through", { proof: "\u001b[2J\u009b\u202ex" })]);
    expect(line).toContain("?[2J??x");
  });

  it("prints every attempt with its verdict as JSON", () => {
    expect(buildJson(all)).toMatchObject({
      tried: 4,
      blocked: 2,
      got_through: 2,
      areas: [
        { area: "doors", tried: 3 },
        { area: "host", not_tried: 1 },
      ],
    });
  });
});
