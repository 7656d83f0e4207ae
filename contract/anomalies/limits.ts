import type { Limit } from "../limit.ts";

/** From when on something on the record of changes counts as unusual. */
export const anomalyLimits = {
  anomaly_warm_up_calls: {
    value: 50,
    unit: "calls",
    what: "calls that a worker has made before a tool that is new to it is told of",
  },
  anomaly_denials: {
    value: 3,
    unit: "calls",
    what: "calls of a worker that were refused one after the other before that is told of",
  },
  anomaly_quiet_seconds: {
    value: 3600,
    unit: "seconds",
    what: "how long the same anomaly of a worker is not told of again",
  },
  anomaly_spend_days: {
    value: 14,
    unit: "days",
    what: "the days before today by which a worker's spending is judged; at least three of them have to have cost something",
  },
  anomaly_spend_factor: {
    value: 5,
    unit: "times",
    what: "how many times the usual day a worker has to cost to be told of",
  },
  anomaly_spend_least_usd: {
    value: 1,
    unit: "dollars",
    what: "what a worker has to cost a day, at least, before its spending is unusual",
  },
} as const satisfies Record<string, Limit>;
