import { AppError } from "../platform/app-error.ts";

/** What in a chart is not drawn, with the place of it; an empty path is the chart as a whole. Pure. */
export function notDrawn(path: string, why: string): AppError {
  return new AppError("chart_not_drawn", `${path === "" ? "The chart" : path} ${why}`);
}
