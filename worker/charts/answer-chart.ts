import type { ChartQuery } from "#contract/charts/routes";
import { pointerTokens } from "#contract/forms/form";
import type { Json } from "#contract/json";
import { notFound } from "../platform/app-error.ts";
import { drawChart } from "./draw-chart.ts";
import { judgeChart } from "./judge-chart.ts";

/** A picture shows and does nothing, also where somebody opens it by itself. */
const headers = {
  "content-type": "image/svg+xml; charset=utf-8",
  "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox",
  "x-content-type-options": "nosniff",
  "x-robots-tag": "noindex",
  // What a run put out never changes; how it is drawn does, with a new version of this program.
  "cache-control": "private, max-age=3600",
};

/** What stands at a JSON pointer; null for nothing. Pure. */
export function findAt(outputs: Readonly<Record<string, Json>>, pointer: string): Json {
  let found: Json = { ...outputs };
  for (const token of pointerTokens(pointer)) {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, token)) return null;
    found = new Map<string, Json>(Object.entries(found)).get(token) ?? null;
  }
  return found;
}

/** The picture of a chart among a run's outputs. Throws `not_found` and `chart_not_drawn`. */
export async function answerChart(
  outputs: Readonly<Record<string, Json>>,
  { at, look, width }: ChartQuery,
): Promise<Response> {
  const found = findAt(outputs, at);
  if (found === null) throw notFound("chart");
  const picture = await drawChart(judgeChart(found), {
    isDark: look === "dark",
    isNarrow: width === "narrow",
  });
  return new Response(picture, { headers });
}
