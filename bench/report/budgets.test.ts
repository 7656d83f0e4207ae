import { expect, it } from "vitest";
import { judge, readBudgets } from "./budgets.ts";
import type { Measurement } from "../harness/measurement.ts";
import { buildReport } from "./report.ts";
import { median, quantile } from "../harness/statistics.ts";
import { formatTable } from "./table.ts";

const accept: Measurement = {
  id: "accept",
  title: "accept a run",
  unit: "ms",
  samples: [9, 6, 60],
  floor: { title: "GET of a run", samples: [2, 3, 4] },
};

it("a quantile is a sample that the share does not pass, and no samples are an error", () => {
  expect(median([5, 1, 3])).toBe(3);
  expect(quantile([1, 2, 3, 4], 0.95)).toBe(4);
  expect(() => median([])).toThrow("no samples");
});

it("a quantity with a floor is judged by its ratio to the floor of the same job", () => {
  expect(judge(accept, { accept: { max_ratio: 3 } })).toMatchObject({ value: 3, met: true });
  expect(judge(accept, { accept: { max_ratio: 2.9 } })).toMatchObject({ met: false });
});

it("a rate is judged by the share of the floor's that it reaches", () => {
  const rate: Measurement = {
    id: "rate",
    title: "runs",
    unit: "/s",
    samples: [20, 30],
    floor: { title: "spawns", samples: [100] },
  };
  expect(judge(rate, { rate: { min_ratio: 0.2 } })).toMatchObject({ value: 0.2, met: true });
  const missed = judge(rate, { rate: { min_ratio: 0.3 } });
  expect(missed.met).toBe(false);
  expect(formatTable([missed])).toContain(">= 0.3 x");
  expect(formatTable([missed])).toContain("20.0/s");
  expect(buildReport([missed]).quantities[0]?.ratio).toBe(0.2);
});

it("an absolute budget is judged by the median itself", () => {
  const rows: Measurement = { id: "rows", title: "rows", unit: "rows", samples: [11, 12, 13], floor: null };
  expect(judge(rows, { rows: { max: 12 } })).toMatchObject({ value: 12, met: true });
  expect(judge(rows, { rows: { max: 11 } })).toMatchObject({ met: false });
});

it("a quantity that could not be judged is an error, not a pass", () => {
  expect(() => judge(accept, {})).toThrow("no budget for accept");
  expect(() => judge({ ...accept, floor: null }, { accept: { max_ratio: 3 } })).toThrow("no floor");
});

it("the table shows absolute numbers, the ratio, the budget and what was missed", () => {
  const verdict = judge(accept, { accept: { max_ratio: 2 } });
  const last = formatTable([verdict]).split("\n").at(-1);
  expect(last?.split(/ {2,}/)).toEqual([
    "accept a run",
    "9.00 ms",
    "60.0 ms",
    "GET of a run",
    "3.00 ms",
    "3.00 x",
    "<= 2 x",
    "MISSED",
  ]);
});

it("the report for programs has every quantity with its value, unit, floor, ratio and budget", () => {
  const rows: Measurement = { id: "rows", title: "rows", unit: "rows", samples: [11, 12, 13], floor: null };
  const budgets = { accept: { max_ratio: 2 }, rows: { max: 12 } };
  const report = buildReport([judge(accept, budgets), judge(rows, budgets)]);
  expect(report.met).toBe(false);
  expect(report.quantities).toEqual([
    {
      name: "accept",
      title: "accept a run",
      unit: "ms",
      value: 9,
      p95: 60,
      floor: 3,
      floor_title: "GET of a run",
      ratio: 3,
      budget: { max_ratio: 2 },
      met: false,
      note: null,
    },
    {
      name: "rows",
      title: "rows",
      unit: "rows",
      value: 12,
      p95: 13,
      floor: null,
      floor_title: null,
      ratio: null,
      budget: { max: 12 },
      met: true,
      note: null,
    },
  ]);
});

it("every budget is a ratio but processor time, what prices set, and the one that other engines publish", () => {
  const absolute = Object.entries(readBudgets()).filter(([, budget]) => "max" in budget);
  expect(absolute).toEqual([
    ["cpu_per_run", { max: 90 }],
    ["short_run_rows", { max: 12 }],
    ["keyed_run_rows", { max: 12 }],
    ["watched_run_rows", { max: 24 }],
    ["silent_hour_rows", { max: 20 }],
    ["owed_kill_alarms", { max: 100 }],
    ["waiting_rows", { max: 15 }],
    ["fibo40", { max: 3000 }],
    ["active_ms_per_run", { max: 100 }],
    // What visitors load: a size, and the same on every machine.
    ["page_script_bytes", { max: 60000 }],
    // What owners load: before the overview is there, with each further page, with the code editor.
    ["first_load_script_bytes", { max: 150000 }],
    ["later_script_bytes", { max: 60000 }],
    ["code_editor_script_bytes", { max: 110000 }],
  ]);
});
