import type { TopLevelSpec } from "vega-lite";
import { replaceActing } from "#contract/unsafe-text";
import { AppError } from "../platform/app-error.ts";
import { buildChartConfig } from "./chart-config.ts";
import type { ChartLook } from "./chart-config.ts";
import { calls } from "./chart-words.ts";
import type { JsonObject } from "./judge-chart.ts";
import { notDrawn } from "./not-drawn.ts";

const MOST_PICTURE_CHARS = 4_000_000;
const MOST_NUMBERS = 1_000;
/** The tags of a drawing. What loads, links, runs or moves is not among them. */
const TAGS = new Set(
  "svg g path rect line text tspan circle defs clipPath linearGradient radialGradient stop".split(" "),
);
const ACTING_ATTRIBUTE = /\s(?:on\w*|(?:\w+:)?href|style)=/i;
/** A paint from elsewhere; within the picture it begins with `#`. */
const FOREIGN_PAINT = /\s(?:fill|stroke|filter|mask|clip-path)="[^"]*url\((?!#)/i;

/**
 * A chart that was judged, as a picture (SVG). Vega comes with the first chart: no other answer pays for it. What it
 * calculates is interpreted, never made into code, and calls only what ends. Throws `chart_not_drawn`.
 */
export async function drawChart(chart: JsonObject, look: ChartLook): Promise<string> {
  if (!isWhole(chart)) throw notDrawn("", "has no mark.");
  const [{ compile }, vega, { expressionInterpreter }] = await Promise.all([
    import("vega-lite"),
    import("vega"),
    import("vega-interpreter"),
  ]);
  // The one function that makes a list of any length out of three numbers.
  vega.expressionFunction("sequence", listNumbers);
  // What goes wrong while it draws is told to its log alone, and the rest is drawn.
  const faults: unknown[] = [];
  const logger = vega.logger(vega.Error, undefined, (_, __, said) => faults.push(said));
  const plan = await drawing(() => {
    const { spec } = compile(chart, { config: buildChartConfig(chart, look), logger });
    return vega.parse(spec, undefined, { ast: true });
  });
  requireKnownCalls(plan);
  const picture = await drawing(() => {
    const loader = { load: refuse, sanitize: refuse, http: refuse, file: refuse };
    const view = new vega.View(plan, { renderer: "none", expr: expressionInterpreter, loader, logger });
    return view.toSVG().finally(() => view.finalize());
  });
  if (faults.length > 0) throw unfit(faults[0]);
  return requireQuiet(picture);
}

/** What Vega says is wrong is about its own insides: it is kept for us, and not told. */
function unfit(cause: unknown): AppError {
  return new AppError("chart_not_drawn", "The chart does not fit together.", { cause });
}

async function drawing<T>(act: () => T | Promise<T>): Promise<T> {
  const acted = Promise.resolve().then(act);
  return acted.catch((cause: unknown) => {
    throw unfit(cause);
  });
}

const refuse = () => Promise.reject(new Error("A chart loads nothing."));

const WHOLE = ["mark", "layer", "hconcat", "vconcat", "concat", "spec"];
const isWhole = (chart: JsonObject): chart is JsonObject & TopLevelSpec =>
  WHOLE.some((word) => word in chart);

/** From `start` to before `stop`. Throws where that has no end in sight. */
function listNumbers(start: number, stop: number, step = 1): number[] {
  const count = Math.max(Math.ceil((stop - start) / step), 0);
  if (!(count <= MOST_NUMBERS)) throw new Error(`That is more than ${MOST_NUMBERS} steps.`);
  return Array.from({ length: count }, (_, at) => start + at * step);
}

/** A plan is made by a program out of a stranger's words: nothing in it may call what nobody has looked at. */
function requireKnownCalls(plan: unknown): void {
  const left: unknown[] = [plan];
  while (left.length > 0) {
    const node = left.pop();
    if (typeof node !== "object" || node === null) continue;
    if (isCall(node) && !calls.has(nameOf(node.callee))) throw notDrawn("", `calls ${nameOf(node.callee)}.`);
    left.push(...Object.values(node));
  }
}

const isCall = (node: object): node is { callee: unknown } =>
  "type" in node && node.type === "CallExpression" && "callee" in node;

function nameOf(callee: unknown): string {
  const isNamed = typeof callee === "object" && callee !== null && "name" in callee;
  return isNamed ? String(callee.name) : "something without a name";
}

/** The picture as text that shows and does nothing: marks that turn writing around are boxes. */
function requireQuiet(picture: string): string {
  if (picture.length > MOST_PICTURE_CHARS) throw notDrawn("", "would be too large a picture.");
  if (!isQuiet(picture)) throw notDrawn("", "would do more than show.");
  return replaceActing(picture, () => "\u25A1", "\n\t");
}

/** Whether every `<` begins a tag of a drawing, without an attribute that loads or acts. Texts have their `<` escaped. */
function isQuiet(picture: string): boolean {
  let read = 0;
  for (const [, name = "", attributes = ""] of picture.matchAll(
    /<\/?([a-zA-Z]+)((?:\s+[\w:-]+="[^"<]*")*)\s*\/?>/g,
  )) {
    if (!TAGS.has(name) || FOREIGN_PAINT.test(attributes)) return false;
    if (ACTING_ATTRIBUTE.test(attributes.replaceAll(/"[^"]*"/g, ""))) return false;
    read++;
  }
  return read === picture.split("<").length - 1;
}
