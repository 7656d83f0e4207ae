import type { SystemStats } from "#contract/reports/report";

interface Metric {
  name: string;
  help: string;
  samples: readonly { labels?: Readonly<Record<string, string>>; value: number }[];
}

const escapeHelp = (text: string) => text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
const escapeLabel = (text: string) => escapeHelp(text).replaceAll('"', '\\"');

function formatLabels(labels: Readonly<Record<string, string>> = {}): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

/**
 * Metrics in Prometheus' text exposition format 0.0.4: HELP, TYPE, then the samples of each, every line ended. All are
 * gauges, for what is counted here may become less. Pure.
 */
export function formatMetrics(metrics: readonly Metric[]): string {
  return metrics
    .flatMap(({ name, help, samples }) => [
      `# HELP ${name} ${escapeHelp(help)}`,
      `# TYPE ${name} gauge`,
      ...samples.map(({ labels, value }) => `${name}${formatLabels(labels)} ${value}`),
    ])
    .map((line) => `${line}\n`)
    .join("");
}

/** The numbers of a workspace as metrics. `version` is that of the server. Pure. */
export function buildMetrics(stats: SystemStats, version: string): Metric[] {
  const { workers, runs_24h: day, runs_7d: week } = stats;
  const other = ({ total, completed, failed }: typeof day) => total - completed - failed;
  const byEnd = (counts: typeof day) => [
    { labels: { status: "completed" }, value: counts.completed },
    { labels: { status: "failed" }, value: counts.failed },
    { labels: { status: "other" }, value: other(counts) },
  ];
  const { success_rate_7d: rate } = stats;
  return [
    { name: "floom_info", help: "The server that answers.", samples: [{ labels: { version }, value: 1 }] },
    {
      name: "floom_workers",
      help: "Workers by state.",
      samples: [
        { labels: { state: "active" }, value: workers.active },
        { labels: { state: "paused" }, value: workers.paused },
        { labels: { state: "archived" }, value: workers.archived },
      ],
    },
    { name: "floom_runs_queued", help: "Runs that wait for their turn.", samples: [{ value: stats.queued }] },
    { name: "floom_runs_running", help: "Runs under way.", samples: [{ value: stats.running }] },
    {
      name: "floom_runs_pending_approval",
      help: "Runs that wait for people.",
      samples: [{ value: stats.pending_approval }],
    },
    { name: "floom_runs_24h", help: "Runs made in the last 24 hours, by their end.", samples: byEnd(day) },
    { name: "floom_runs_7d", help: "Runs made in the last 7 days, by their end.", samples: byEnd(week) },
    {
      name: "floom_success_ratio_7d",
      help: "Share of completed runs among those that completed or failed in the last 7 days.",
      samples: rate === null ? [] : [{ value: rate }],
    },
    {
      name: "floom_report_complete",
      help: "1 when all runs of the 7 days are counted, 0 when only the newest of them are.",
      samples: [{ value: stats.complete ? 1 : 0 }],
    },
  ];
}
