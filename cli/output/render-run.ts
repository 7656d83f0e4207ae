import type { RunFailure } from "#contract/runs/run-failure";
import type { RunDetail, RunStatus } from "#contract/runs/run";
import { answers, formatAgo, formatBytes, formatDuration, whoseTurn } from "#contract/words";
import { formatValue } from "./format-value.ts";
import type { Style } from "./style.ts";

/** A status in its colour. */
export function renderStatus(status: RunStatus, style: Style): string {
  switch (status) {
    case "completed":
      return style.green(status);
    case "failed":
      return style.red(status);
    case "cancelled":
    case "pending_approval":
      return style.yellow(status);
    case "queued":
    case "running":
      return style.cyan(status);
  }
}

/** Lines that say how a run ended: one sentence, and for a failure whose turn it is and what to do. */
export function renderOutcome(run: RunDetail, style: Style): string[] {
  const took = run.duration_ms === null ? "" : ` after ${formatDuration(run.duration_ms)}`;
  const head = `${renderStatus(run.status, style)}${took} ${style.dim(`${run.id} version ${run.version}`)}`;
  if (run.failure === null) return run.error === null ? [head] : [head, run.error];
  return [head, ...renderFailure(run.failure, style)];
}

function renderFailure({ code, message, hint, kind }: RunFailure, style: Style): string[] {
  return [
    `${style.red(style.bold("error"))} ${message} ${style.dim(`${code}, ${whoseTurn[kind].short}`)}`,
    `${style.dim("hint")}  ${hint}`,
  ];
}

/** Names and values of a run's outputs. */
export function outputPairs(run: RunDetail): [string, string][] {
  return Object.entries(run.outputs).map(([name, value]) => [name, formatValue(value)]);
}

/** Names and sizes of a run's files. */
export function artifactPairs(run: RunDetail): [string, string][] {
  return run.artifacts.map((artifact) => [
    artifact.relative_path,
    `${formatBytes(artifact.size_bytes)}  ${artifact.type}`,
  ]);
}

/** Names and values of what is known about a run besides its outputs. */
export function runPairs(run: RunDetail, nowMs: number, style: Style): [string, string][] {
  const pairs: [string, string | null][] = [
    ["run", run.id],
    ["worker", `${run.worker_id} version ${run.version}`],
    ["status", renderStatus(run.status, style)],
    ["waits for", run.why_waiting],
    ["progress", run.progress === null ? null : renderProgress(run.progress)],
    ["started by", run.trigger_source],
    ["created", `${formatAgo(run.created_at, nowMs)} (${run.created_at})`],
    ["took", run.duration_ms === null ? null : formatDuration(run.duration_ms)],
    [
      "replays",
      run.replay_of === null ? null : `${run.replay_of}${run.dry ? " dry: nothing left the sandbox" : ""}`,
    ],
    ["called by", run.parent_run_id],
    ...describeQuestion(run.approval_trail),
    ...describeAttempts(run),
    ...(run.warnings ?? []).map(({ pointer, detail }): [string, string] => [
      "warning",
      `${pointer} ${detail}`,
    ]),
    ["exit code", run.exit_code === null ? null : String(run.exit_code)],
    ...Object.entries(run.inputs).map(([name, value]): [string, string] => [
      `input ${name}`,
      formatValue(value),
    ]),
  ];
  return pairs.flatMap(([name, value]) => (value === null ? [] : [[name, value] satisfies [string, string]]));
}

/** What a run asked, what was said and what followed; nothing for a run that asked nothing. */
function describeQuestion(trail: RunDetail["approval_trail"]): [string, string | null][] {
  if (trail === null) return [];
  const said: [string, string | null][] = [
    ["reason", trail.reason],
    ["followed by", trail.follow_up_run_id],
  ];
  if (trail.kind === "await_external")
    return [["awaits", `${trail.label}: ${answers.await_external[trail.status]}`], ...said];

  return [
    ["asks", trail.label],
    ["approval", `${trail.id} ${trail.status}`],
    ...said,
    ...(trail.status === "pending" ? waysToDecide(trail.id) : []),
  ];
}

function waysToDecide(id: string): [string, string][] {
  return [
    ["approve it", `floom approvals approve ${id}`],
    ["reject it", `floom approvals reject ${id} --reason TEXT`],
  ];
}

/** A line for every try, once there was more than one. */
function describeAttempts(run: RunDetail): [string, string][] {
  if (run.attempts.length < 2) return [];
  return run.attempts.map(({ attempt, ended_at, lost, error_code }) => {
    const end = lost ? "lost by the platform" : ended_at === null ? "under way" : (error_code ?? "completed");
    return [`attempt ${attempt}`, `${end}${lost && error_code ? ` (${error_code})` : ""}`];
  });
}

/** Progress as a person reads it, e.g. `40 % halfway`. */
export function renderProgress({
  percent,
  message,
}: {
  percent: number | null;
  message: string | null;
}): string {
  const share = percent === null ? [] : [`${Math.round(percent)} %`];
  return [...share, ...(message === null ? [] : [message])].join(" ");
}
