import * as z from "zod";
import { defineRoute } from "../route.ts";

/** How a chart is to look. A page asks for what fits its reader's screen. */
export const chartQuerySchema = z.object({
  at: z
    .string()
    .max(500)
    .default("")
    .describe("Where the chart is in the run's outputs: a JSON Pointer, empty for the outputs themselves."),
  look: z.enum(["light", "dark"]).default("light").describe("The ground that it stands on."),
  width: z.enum(["wide", "narrow"]).default("wide").describe("How wide a chart is that does not say it."),
});
export type ChartQuery = z.output<typeof chartQuerySchema>;

export const chartRoutes = {
  drawRunChart: defineRoute({
    id: "drawRunChart",
    method: "GET",
    path: "/api/runs/{run}/chart",
    tag: "Runs",
    summary: "Draw a chart that a run put out",
    description: "A picture (SVG) of a Vega-Lite specification that is among the run's outputs.",
    access: "runs:read",
    query: chartQuerySchema,
    answer: { kind: "stream", status: 200, media_type: "image/svg+xml", description: "The picture." },
    problems: ["not_found", "chart_not_drawn"],
  }),
} as const;
