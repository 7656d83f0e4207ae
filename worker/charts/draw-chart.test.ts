import { expect, it } from "vitest";
import type { Json } from "#contract/json";
import { verifies } from "../../test/verifies.ts";
import { answerChart, findAt } from "./answer-chart.ts";
import { drawChart } from "./draw-chart.ts";
import { judgeChart } from "./judge-chart.ts";

const LIGHT = { isDark: false, isNarrow: false };
const rowsOf = (count: number) =>
  Array.from({ length: count }, (_, at) => ({
    kind: `k${at % 7}`,
    share: (at * 37) % 101,
    day: new Date(Date.UTC(2026, 0, 1 + (at % 60))).toISOString(),
  }));
const x = { field: "kind", type: "nominal" };
const y = { field: "share", type: "quantitative" };
const bars = { mark: "bar", data: { values: rowsOf(40) }, encoding: { x, y } };

const draw = async (spec: Json) => drawChart(judgeChart(spec), LIGHT);

const drawable: [string, Json][] = [
  ["bars", bars],
  [
    "sums of each kind, stacked",
    { ...bars, encoding: { x, y: { ...y, aggregate: "sum" }, color: { field: "day", timeUnit: "month" } } },
  ],
  [
    "a line over days",
    { ...bars, mark: { type: "line", point: true }, encoding: { x: { field: "day", type: "temporal" }, y } },
  ],
  [
    "a histogram",
    { ...bars, encoding: { x: { field: "share", bin: { maxbins: 20 } }, y: { aggregate: "count" } } },
  ],
  [
    "a pie",
    {
      ...bars,
      mark: { type: "arc", innerRadius: 40 },
      encoding: { theta: { ...y, aggregate: "sum" }, color: x },
    },
  ],
  [
    "a heat map",
    {
      ...bars,
      mark: "rect",
      encoding: {
        x,
        y: { field: "day", timeUnit: "day", type: "ordinal" },
        color: { ...y, aggregate: "mean" },
      },
    },
  ],
  ["boxes", { ...bars, mark: "boxplot" }],
  [
    "layers with a rule",
    {
      data: bars.data,
      layer: [
        { mark: "bar", encoding: { x, y } },
        { mark: "rule", encoding: { y: { datum: 50 } } },
      ],
    },
  ],
  ["panels of a field", { ...bars, encoding: { x, y, row: { field: "kind" } } }],
  [
    "charts side by side",
    {
      data: bars.data,
      hconcat: [
        { mark: "bar", encoding: { x, y } },
        { mark: "point", encoding: { x, y } },
      ],
    },
  ],
  [
    "a chart for each of some fields",
    {
      data: bars.data,
      repeat: ["share", "kind"],
      spec: { mark: "bar", encoding: { x: { field: { repeat: "repeat" } }, y } },
    },
  ],
  ["rows that a filter leaves", { ...bars, transform: [{ filter: { field: "share", gt: 20 } }] }],
  [
    "a chart as Altair writes it",
    {
      $schema: "https://vega.github.io/schema/vega-lite/v5.20.1.json",
      config: { view: { continuousWidth: 300, continuousHeight: 300 } },
      data: { name: "data-7f3a" },
      datasets: { "data-7f3a": rowsOf(30) },
      mark: { type: "point" },
      params: [{ name: "param_1", select: { type: "interval", encodings: ["x", "y"] }, bind: "scales" }],
      encoding: { x: y, y, color: { condition: { param: "param_1", ...x }, value: "gray" }, tooltip: [x, y] },
    },
  ],
];

it.each(drawable)("%s are drawn, on either ground, wide and narrow", async (_, spec) => {
  verifies("typing:outputs:chart-drawn");
  const judged = judgeChart(spec);
  for (const isDark of [false, true]) {
    const picture = await drawChart(judged, { isDark, isNarrow: isDark });
    expect(picture).toMatch(/^<svg [^>]*viewBox=/);
    expect(picture).toMatch(/class="mark-(?:rect|symbol|line|arc)/);
  }
});

it("a narrow picture is narrower, and a chart that says its width keeps it", async () => {
  const widthOf = async (spec: Json, isNarrow: boolean) => {
    const picture = await drawChart(judgeChart(spec), { isDark: false, isNarrow });
    return Number(/width="([\d.]+)"/.exec(picture)?.[1]);
  };
  const line = { ...bars, encoding: { x: { field: "day", type: "temporal" }, y } };
  expect(await widthOf(line, true)).toBeLessThan(360);
  expect(await widthOf(line, false)).toBeGreaterThan(500);
  expect(await widthOf({ ...line, width: 700 }, true)).toBeGreaterThan(700);
  expect(await widthOf({ ...line, width: "container" }, true)).toBeLessThan(360);
});

const change = (more: { [name: string]: Json }): Json => ({ ...bars, ...more });
const hostile: [string, Json, RegExp][] = [
  ["rows from an address", change({ data: { url: "https://evil.example/x.json" } }), /data\.url/],
  ["rows without end", change({ data: { sequence: { start: 0, stop: 1e12 } } }), /data\.sequence/],
  ["pictures from elsewhere", change({ mark: { type: "image", url: "https://evil.example/x.png" } }), /mark/],
  ["a link at each mark", change({ mark: { type: "bar", href: "javascript:alert(1)" } }), /mark\.href/],
  ["a link by a field", change({ encoding: { x, y, href: { field: "kind" } } }), /encoding\.href/],
  ["a calculation", change({ transform: [{ calculate: "sequence(0, 1e12)", as: "a" }] }), /calculate/],
  ["a filter that calculates", change({ transform: [{ filter: "sequence(0, 1e12).length > 0" }] }), /filter/],
  [
    "a choice that calculates",
    change({ encoding: { x, y, color: { condition: { test: "1", value: "red" } } } }),
    /test/,
  ],
  ["a calculated look", change({ config: { axis: { labelExpr: "repeat('x', 1e9)" } } }), /labelExpr/],
  ["a signal in a look", change({ title: { text: { signal: "1" } } }), /signal/],
  ["a size that is calculated", change({ width: { expr: "1e9" } }), /width\.expr/],
  [
    "made-up rows",
    change({ transform: [{ impute: "share", key: "kind", keyvals: { start: 0, stop: 1e9 } }] }),
    /impute/,
  ],
  ["ticks without end", change({ encoding: { x, y: { ...y, axis: { tickCount: 1e9 } } } }), /tickCount/],
  [
    "ticks of a millisecond",
    change({ encoding: { x, y: { ...y, axis: { tickCount: "millisecond" } } } }),
    /tickCount/,
  ],
  ["bins without end", change({ encoding: { x: { ...y, bin: { maxbins: 1e9 } }, y } }), /maxbins/],
  ["bins of nothing", change({ encoding: { x: { ...y, bin: { step: 1e-9 } }, y } }), /step/],
  [
    "a scale that hardly grows",
    change({ encoding: { x, y: { ...y, scale: { type: "log", base: 1.0000001 } } } }),
    /base/,
  ],
  [
    "a paint from elsewhere",
    change({ mark: { type: "bar", color: "url(https://evil.example/x.svg#a)" } }),
    /more than show/,
  ],
  [
    "a number that is padded",
    change({ encoding: { x, y: { ...y, axis: { format: "999999999d" } } } }),
    /format/,
  ],
  ["a picture of a mile", change({ width: 1e9 }), /width/],
  [
    "a function by its name",
    change({ encoding: { x, y, text: { field: "kind", formatType: "warn" } } }),
    /formatType/,
  ],
  ["too many rows", change({ data: { values: rowsOf(5001) } }), /5000 rows/],
  [
    "too many layers",
    {
      data: { values: rowsOf(10) },
      layer: Array.from({ length: 30 }, () => ({ mark: "bar", encoding: { x, y } })),
    },
    /marks/,
  ],
  [
    "too many panels",
    change({
      data: { values: rowsOf(900).map((row, at) => ({ ...row, at })) },
      encoding: { x, y, row: { field: "at" } },
    }),
    /panels/,
  ],
  ["layers of layers", JSON.parse(`${'{"layer":['.repeat(40)}{"mark":"bar"}${"]}".repeat(40)}`), /too deep/],
  ["dots without end", change({ mark: { type: "line", strokeDash: [0.00001, 0.00001] } }), /strokeDash/],
  [
    "the language below",
    { $schema: "https://vega.github.io/schema/vega/v6.json", signals: [] },
    /another language/,
  ],
  ["a map of the world", change({ mark: "geoshape" }), /mark/],
  ["a text", "bar", /no object/],
  ["nothing that is a chart", { data: { values: [] } }, /no mark/],
  ["what does not fit together", change({ layer: 7, mark: {} }), /mark/],
];

it.each(hostile)("%s: the chart is not drawn, and what in it is the reason is said", async (_, spec, why) => {
  verifies("typing:outputs:chart-hostile");
  await expect(draw(spec)).rejects.toMatchObject({
    code: "chart_not_drawn",
    message: expect.stringMatching(why),
  });
});

it("names and texts of a chart do nothing in its picture, and turn no writing around", async () => {
  verifies("typing:outputs:chart-hostile");
  const acts = `</text><script>alert(1)</script><a href="javascript:1">\u202Ex`;
  const picture = await draw({
    ...bars,
    title: acts,
    description: acts,
    data: {
      values: [
        { kind: acts, share: 1 },
        { kind: "x".repeat(1_000_000), share: 2 },
      ],
    },
    encoding: { x: { ...x, title: acts }, y, color: { field: "kind", legend: { title: [acts, acts] } } },
  });
  expect(picture).not.toMatch(/<script|<a\s|\u202E/);
  expect(picture.length).toBeLessThan(100_000);
  for (const field of ["__proto__", "constructor", `"] + sequence(0, 1e12) + datum["`, "a.b[0]"]) {
    const odd = { ...bars, data: { values: [{ [field]: 1 }] }, encoding: { y: { ...y, field } } };
    const [drawn] = await Promise.allSettled([draw(odd)]);
    if (drawn?.status === "rejected") expect(drawn.reason).toMatchObject({ code: "chart_not_drawn" });
  }
});

it("a picture is found by where it stands in the outputs, and opens as nothing but a picture", async () => {
  verifies("typing:outputs:chart-drawn");
  const outputs = { report: { "a/b": [bars] } };
  const asked = { at: "/report/a~1b/0", look: "light", width: "wide" } as const;
  const answer = await answerChart(outputs, asked);
  expect(answer.headers.get("content-security-policy")).toContain("sandbox");
  expect(answer.headers.get("content-type")).toContain("image/svg+xml");
  for (const at of ["/none", "/report/a~1b/7", "/report/toString", "/__proto__"])
    await expect(answerChart(outputs, { ...asked, at })).rejects.toMatchObject({ code: "not_found" });
  expect(findAt(outputs, "")).toEqual(outputs);
});
