import type { LoadReport } from "./report.ts";

/** A report as text for people; its last line is the one that programs look for. Pure. */
export function formatLoadReport(report: LoadReport): string {
  const { by_kind, refusals } = report;
  const lines = [
    `requests    ${report.requests} at ${report.rate} a second over ${report.workers} workers`,
    `accepted    ${report.accepted} (${by_kind.start} starts, ${by_kind.webhook} webhooks, ${by_kind.schedule} by schedule)`,
    ...Object.entries(refusals).map(([why, count]) => `refused     ${count}: ${why}`),
    `started     ${report.started}`,
    `finished    ${report.finished}, of them ${report.failed} not well; ${report.finished_per_second.toFixed(1)} a second`,
    `accept      ${formatQuantiles(report.accept_ms)}`,
    `to start    ${formatQuantiles(report.start_ms)}`,
    `to the end  ${formatQuantiles(report.finish_ms)}`,
    `rows        ${formatNumber(report.rows_per_run)} a run`,
    `processor   ${formatNumber(report.cpu_ms_per_run)} ms a run, all processes`,
    `${report.accepted} accepted, ${report.finished} finished, ${report.lost} lost`,
  ];
  return lines.join("\n");
}

function formatQuantiles({ p50, p95, p99 }: LoadReport["accept_ms"]): string {
  return `p50 ${formatNumber(p50)} ms, p95 ${formatNumber(p95)} ms, p99 ${formatNumber(p99)} ms`;
}

function formatNumber(value: number | null): string {
  return value === null ? "unknown" : value.toFixed(value < 10 ? 1 : 0);
}
