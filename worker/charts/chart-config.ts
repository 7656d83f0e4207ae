import type { Config } from "vega-lite";
import type { JsonObject } from "./judge-chart.ts";

/** What a chart's reader has before them: the ground of their page, and how much room. */
export interface ChartLook {
  isDark: boolean;
  isNarrow: boolean;
}

/** Told apart on either ground, and by people who do not see every colour. */
const COLOURS = {
  light: ["#1f5fbf", "#c2410c", "#1d6b3d", "#7c3aed", "#a3200f", "#0f766e", "#92600a", "#9d2867"],
  dark: ["#9db8ff", "#ffb37a", "#86d9a5", "#c9b0ff", "#ff9d8c", "#7ddcd0", "#ecc46a", "#f5a3cf"],
};
const INK = { light: "#141414", dark: "#ededed" };
const FAINT = { light: "#5c5952", dark: "#b3b0aa" };
const LINES = { light: "#e2ddd3", dark: "#3a3a3a" };

/** The looks of a chart that says none: what its specification says wins. Pure. */
export function buildChartConfig(chart: JsonObject, { isDark, isNarrow }: ChartLook): Config {
  // A ground of its own is kept, and then the rest goes with the light look for which it was chosen.
  const look = isDark && chart["background"] === undefined ? "dark" : "light";
  const ink = INK[look];
  const faint = FAINT[look];
  return {
    background: "transparent",
    font: "system-ui, sans-serif",
    view: { continuousWidth: isNarrow ? 260 : 560, continuousHeight: isNarrow ? 220 : 300, stroke: null },
    axis: {
      labelColor: faint,
      titleColor: ink,
      gridColor: LINES[look],
      domainColor: faint,
      tickColor: faint,
      labelFontSize: 12,
      titleFontSize: 13,
    },
    legend: {
      labelColor: faint,
      titleColor: ink,
      labelFontSize: 12,
      ...(isNarrow && { orient: "bottom", columns: 2 }),
    },
    header: { labelColor: faint, titleColor: ink },
    title: { color: ink, subtitleColor: faint, fontSize: 15, anchor: "start" },
    mark: { color: COLOURS[look][0] ?? ink },
    text: { color: ink },
    rule: { color: ink },
    range: { category: COLOURS[look] },
  };
}
