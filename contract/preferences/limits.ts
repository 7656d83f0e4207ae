import type { Limit } from "../limit.ts";

export const preferenceLimits = {
  starred_workers: { value: 200, unit: "items", what: "the workers that somebody has starred" },
  saved_views: { value: 50, unit: "items", what: "the views of lists that somebody has saved" },
} as const satisfies Record<string, Limit>;
