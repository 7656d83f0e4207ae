import { z } from "zod";
import { ApiError } from "./api-error.ts";

const agentMetricsSchema = z.object({
  cpu_count: z.number(),
  cpu_used_pct: z.number(),
  mem_used: z.number(),
  mem_total: z.number(),
  mem_cache: z.number(),
  disk_used: z.number(),
  disk_total: z.number(),
});

/** One measurement as E2B's API shows it. */
export function presentMetrics(raw: unknown, nowMs: number): Record<string, unknown> {
  const measured = agentMetricsSchema.parse(raw);
  return {
    timestamp: new Date(nowMs).toISOString(),
    timestampUnix: Math.floor(nowMs / 1000),
    cpuCount: measured.cpu_count,
    cpuUsedPct: measured.cpu_used_pct,
    memUsed: measured.mem_used,
    memTotal: measured.mem_total,
    memCache: measured.mem_cache,
    diskUsed: measured.disk_used,
    diskTotal: measured.disk_total,
  };
}

function parseUnixSeconds(params: URLSearchParams, name: string): number | undefined {
  const text = params.get(name);
  if (text === null) return undefined;
  const seconds = Number(text);
  if (!Number.isSafeInteger(seconds) || seconds < 0) throw new ApiError(400, `${name} must be unix seconds`);
  return seconds;
}

/** Whether a measurement taken now falls into the asked range, `start` to `end` in unix seconds. Throws ApiError. */
export function coversNow(params: URLSearchParams, nowMs: number): boolean {
  const start = parseUnixSeconds(params, "start");
  const end = parseUnixSeconds(params, "end");
  if (start !== undefined && end !== undefined && start > end)
    throw new ApiError(400, "start must not be after end");
  const now = Math.floor(nowMs / 1000);
  return (start === undefined || start <= now) && (end === undefined || end >= now);
}
