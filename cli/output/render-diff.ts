import type { FileChange, VersionDiff } from "#contract/versions/version";
import type { RunComparison, ValueChange } from "#contract/replay/replay";
import { formatBytes, formatDuration } from "#contract/words";
import { formatValue } from "./format-value.ts";
import type { Style } from "./style.ts";

const SHOWN_VALUE_CHARACTERS = 200;

/** The lines of a unified diff in its colours. */
export function renderUnifiedDiff(diff: string, style: Style): string[] {
  return diff
    .trimEnd()
    .split("\n")
    .map((line) => {
      if (/^(---|\+\+\+) /.test(line)) return style.bold(line);
      if (line.startsWith("@@")) return style.cyan(line);
      if (line.startsWith("+")) return style.green(line);
      return line.startsWith("-") ? style.red(line) : line;
    });
}

function renderFile(file: FileChange, style: Style): string[] {
  if (file.diff !== null && file.diff !== "") return renderUnifiedDiff(file.diff, style);
  const sizes = [file.before_bytes, file.after_bytes].map((size) =>
    size === null ? "nothing" : formatBytes(size),
  );
  const why = file.binary ? "binary" : file.diff === "" ? "mode" : "too large to show";
  return [style.bold(`${file.change} ${file.path} (${why}, ${sizes.join(" -> ")})`)];
}

function shorten(text: string): string {
  return text.length > SHOWN_VALUE_CHARACTERS ? `${text.slice(0, SHOWN_VALUE_CHARACTERS)}...` : text;
}

const showValue = (value: unknown) => shorten(formatValue(value));

/** What the worker may newly do, as a list with its heading; nothing when it may do nothing new. */
export function renderMayNewly({ may_newly: abilities, to }: VersionDiff, style: Style): string[] {
  if (abilities.length === 0) return [style.dim(`Version ${to} may do nothing that the other may not.`)];
  return [
    style.yellow(style.bold(`Version ${to} may newly do:`)),
    ...abilities.map(({ kind, detail }) => `  ${style.yellow("!")} ${detail} ${style.dim(kind)}`),
  ];
}

/** Everything that changes between two versions: files, manifest, and last what the worker may newly do. */
export function renderVersionDiff(diff: VersionDiff, style: Style): string[] {
  const manifest = diff.manifest.map(
    ({ pointer, before, after }) =>
      `  ${pointer}  ${style.red(showValue(before))} -> ${style.green(showValue(after))}`,
  );
  return [
    ...diff.files.flatMap((file) => renderFile(file, style)),
    ...(manifest.length > 0 ? [style.bold("worker.yml, as it is understood:"), ...manifest] : []),
    ...renderMayNewly(diff, style),
  ];
}

function renderValues(what: string, values: readonly ValueChange[], style: Style): string[] {
  return values
    .filter(({ change }) => change !== "same")
    .map(({ name, change, a, b }) => {
      const before = change === "only_b" ? style.dim("none") : style.red(showValue(a));
      const after = change === "only_a" ? style.dim("none") : style.green(showValue(b));
      return `${what} ${name}  ${before} -> ${after}`;
    });
}

/** Two runs side by side: what differs between them. */
export function renderComparison(comparison: RunComparison, style: Style): string[] {
  const { a, b, status, timing, inputs, outputs, log } = comparison;
  const took = [timing.a_ms, timing.b_ms].map((ms) => (ms === null ? "not ended" : formatDuration(ms)));
  const differences = [
    ...renderValues("input", inputs, style),
    ...renderValues("output", outputs, style),
    ...(log.diff === null ? ["The logs are too different to show."] : []),
    ...(log.diff === null || log.diff === "" ? [] : renderUnifiedDiff(log.diff, style)),
    ...(log.truncated ? [style.dim("Only the first lines of the logs were compared.")] : []),
  ];
  return [
    `run      ${a.id} -> ${b.id}`,
    `version  ${a.version} -> ${b.version}`,
    `status   ${status.a} -> ${status.b}`,
    `took     ${took.join(" -> ")}`,
    ...(differences.length > 0 ? differences : ["Inputs, outputs and log are the same."]),
  ];
}
