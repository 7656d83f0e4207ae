import { expect, it } from "vitest";
import { buildMetrics, formatMetrics } from "./format-metrics.ts";

const counts = { total: 5, completed: 3, failed: 1 };
const stats = {
  complete: true,
  since: "2026-01-01T00:00:00.000Z",
  workers: { total: 3, active: 1, paused: 1, archived: 1 },
  runs_24h: counts,
  runs_7d: counts,
  success_rate_7d: 0.75,
  queued: 2,
  running: 1,
  pending_approval: 0,
};

it("each metric has its HELP and TYPE once, before its samples, and every line ends", () => {
  const text = formatMetrics(buildMetrics(stats, "1.2.3"));
  const lines = text.split("\n");
  expect(lines.pop()).toBe("");
  const seen = new Set<string>();
  let current = "";
  for (const line of lines) {
    const [, kind, name] = /^# (HELP|TYPE) (\w+) .+$/.exec(line) ?? [];
    if (kind === "HELP") {
      current = name ?? "";
      expect(seen.has(current), line).toBe(false);
      seen.add(current);
    } else if (kind === "TYPE") expect(line).toBe(`# TYPE ${current} gauge`);
    else expect(line).toMatch(new RegExp(`^${current}(?:\\{[a-z]\\w*="[^"]*"\\})? -?\\d+(?:\\.\\d+)?$`));
  }
  expect(text).toContain('floom_info{version="1.2.3"} 1\n');
  expect(text).toContain('floom_runs_7d{status="other"} 1\n');
});

it("help and labels are escaped as the format has it", () => {
  const name = "m";
  const samples = [{ labels: { a: 'x"\\\ny' }, value: 1 }];
  expect(formatMetrics([{ name, help: 'one\\two\nthree "four"', samples }])).toBe(
    '# HELP m one\\\\two\\nthree "four"\n# TYPE m gauge\nm{a="x\\"\\\\\\ny"} 1\n',
  );
});

it("a share of nothing is no sample, rather than a number that means something else", () => {
  const text = formatMetrics(buildMetrics({ ...stats, success_rate_7d: null }, "1"));
  expect(text).not.toMatch(/^floom_success_ratio_7d /m);
  expect(text).toContain("# TYPE floom_success_ratio_7d gauge\n");
});
