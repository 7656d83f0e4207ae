import { workerRoutes } from "#contract/workers/routes";
import type { Field } from "#contract/manifest/manifest";
import type { WorkerDetail } from "#contract/workers/worker";
import { formatAgo, formatBytes, formatDuration } from "#contract/words";
import type { Run } from "../../command.ts";
import type { CommandContext } from "../../context.ts";
import { exitCodes } from "../../exit-code.ts";
import { formatValue } from "../../output/format-value.ts";
import { renderStatus } from "../../output/render-run.ts";
import type { showWorkerSpec } from "./specs.ts";

/** Shows what a worker takes and gives, its files, its versions and how it did lately. */
export const run: Run<typeof showWorkerSpec> = async (context, { args }) => {
  const { output, json } = context;
  const api = await context.api();
  const worker = await api.call(workerRoutes.getWorker, { params: { worker: args.worker } });
  if (json) output.document(worker);
  else showWorker(context, worker);
  return exitCodes.ok.code;
};

function showWorker(context: CommandContext, worker: WorkerDetail): void {
  const { output } = context;
  const { style } = output;
  output.line(`${style.bold(worker.id)}  ${worker.name}`);
  output.line(worker.description);
  output.line();
  const facts: [string, string][] = [
    ["version", `${worker.version} (${worker.digest.slice(0, 12)})`],
    ["runtime", `${worker.runtime}: ${worker.config.exec.command}`],
    ["trigger", worker.trigger_type],
    ["time limit", formatDuration(worker.config.limits.timeout_seconds * 1000)],
  ];
  if (worker.archived) facts.push(["archived", worker.archive_reason ?? "yes"]);
  output.pairs(facts);
  showFields(context, "inputs", worker.config.exec.inputs);
  showFields(context, "outputs", worker.outputs);
  showSection(
    context,
    "files",
    worker.files.map(({ path, size }) => [path, formatBytes(size)]),
  );
  showSection(
    context,
    "last runs",
    worker.recent_runs.map((row) => [
      row.id,
      renderStatus(row.status, style),
      formatAgo(row.created_at, context.host.now()),
      row.error_code ?? "",
    ]),
  );
}

function showFields(context: CommandContext, title: string, fields: readonly Field[]): void {
  const rows = fields.map((field) => [
    field.name,
    field.kind === "file" ? (field.media_type ?? "file") : field.type,
    describeNeed(field),
    field.description ?? field.label,
  ]);
  showSection(context, title, rows);
}

function describeNeed({ required, default: preset }: Field): string {
  if (preset !== undefined) return `default ${formatValue(preset)}`;
  return required ? "required" : "optional";
}

function showSection({ output }: CommandContext, title: string, rows: readonly (readonly string[])[]): void {
  const [first] = rows;
  if (first === undefined) return;
  output.line();
  output.table(
    first.map((_, column) => (column === 0 ? title.toUpperCase() : "")),
    rows,
  );
}
