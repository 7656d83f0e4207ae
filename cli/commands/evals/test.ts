import { randomUUID } from "node:crypto";
import { resolve } from "node:path";
import { evaluationRoutes } from "#contract/evaluations/routes";
import type { TestReport } from "#contract/evaluations/worker-test";
import type { Json } from "#contract/json";
import { parseJson } from "#contract/json";
import type { Field } from "#contract/manifest/manifest";
import { isTerminal } from "#contract/runs/run";
import { formatDuration } from "#contract/words";
import { workerRoutes } from "#contract/workers/routes";
import type { Api } from "../../api.ts";
import { repeatTransient } from "../../api.ts";
import { packAnyFolder } from "../../bundle/bundle.ts";
import { usageError } from "../../cli-error.ts";
import type { Run } from "../../command.ts";
import type { CommandContext } from "../../context.ts";
import { exitCodes } from "../../exit-code.ts";
import { convertText } from "../../inputs/inputs.ts";
import { findManifest, resolveInputs } from "../../inputs/resolve-inputs.ts";
import { formatValue } from "../../output/format-value.ts";
import { sayGoodbye, waitedTooLong, watchRun } from "../runs/run.ts";
import { findNameOfFolder } from "../workers/push.ts";
import type { testSpec } from "./specs.ts";

/** Gives a version one input; exit code 1 unless what it gives is as declared and as expected. */
export const run: Run<typeof testSpec> = async (context, { args, options }) => {
  const { output, json, host } = context;
  const api = await context.api();
  const { worker, version } = isFolder(args.target)
    ? await storeFolder(context, api, { target: args.target, version: options.version })
    : { worker: args.target, version: options.version };
  const { action } = options;
  const inputs = await resolveInputs(api, host, {
    worker,
    action,
    version,
    words: options.input,
    inputsFile: options.inputsFile,
  });
  const expected = await readExpected(api, { worker, version, words: options.expect });
  const key = randomUUID();
  const ask = () =>
    repeatTransient(host, () =>
      api.call(evaluationRoutes.testWorker, {
        params: { worker },
        json: {
          inputs,
          key,
          ...(version === undefined ? {} : { version }),
          ...(action === undefined ? {} : { action }),
          ...(expected === undefined ? {} : { expected }),
        },
        signal: host.interrupt,
      }),
    );
  const begun = await ask();
  const { run_id: runId } = begun;
  const isLive = runId !== null && begun.verdict === null;
  if (isLive) {
    const isOver = await watchRun(context, api, { runId, timeoutSeconds: options.timeout });
    if (host.interrupt.aborted) return sayGoodbye(context, runId);
    if (!isOver) throw waitedTooLong(runId, options.timeout);
  }
  const report = isLive ? await ask() : begun;
  if (json) output.document(report);
  else showReport(context, report);
  return report.verdict === "pass" ? exitCodes.ok.code : exitCodes.runFailed.code;
};

/** A folder is written as one: a name of a worker has neither a dot nor a slash. */
const isFolder = (target: string): boolean => /[./\\]/.test(target);

/** Stores a folder as a version that is not activated, and says which one it is. */
async function storeFolder(
  { host, output, json }: CommandContext,
  api: Api,
  { target, version: asked }: { target: string; version: number | undefined },
): Promise<{ worker: string; version: number }> {
  if (asked !== undefined) throw usageError("A folder is a version of its own: leave --version out.");
  const dir = resolve(host.cwd, target);
  const packed = await packAnyFolder(dir);
  for (const warning of packed.warnings) output.note(`warning ${warning}`);
  const name = await findNameOfFolder(api, dir);
  const { version } = await api.call(workerRoutes.putWorkerBundle, {
    params: { worker: name },
    query: { activate: "false" },
    body: packed.zip,
    headers: { "content-type": "application/zip" },
  });
  const state = version.active ? "active" : "not active";
  if (!json) output.note(output.noteStyle.dim(`${name} version ${version.number}, which is ${state}`));
  return { worker: name, version: version.number };
}

/** What is expected, converted as the outputs are declared. */
async function readExpected(
  api: Api,
  { worker, version, words }: { worker: string; version: number | undefined; words: readonly string[] },
): Promise<Record<string, Json> | undefined> {
  if (words.length === 0) return undefined;
  const { exec } = await findManifest(api, { worker, version });
  const fields = new Map(exec.outputs.map((field) => [field.name, field]));
  return Object.fromEntries(
    words.map((word) => {
      const cut = word.indexOf("=");
      if (cut <= 0) throw usageError(`--expect needs name=value, not "${word}".`);
      const name = word.slice(0, cut);
      return [name, readValue(word.slice(cut + 1), fields.get(name))];
    }),
  );
}

function readValue(text: string, field: Field | undefined): Json {
  if (field !== undefined) return convertText(text, field);
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}

function showReport({ output }: CommandContext, report: TestReport): void {
  const { verdict, worker, version, run_id: runId, latency_ms: latencyMs, cost_usd: usd } = report;
  output.pairs(Object.entries(report.outputs).map(([name, value]) => [name, formatValue(value)]));
  for (const { pointer, detail, fix } of report.input_errors)
    output.note(`input  ${pointer} ${detail}${fix === undefined ? "" : ` ${fix}`}`);
  for (const reason of report.reasons) output.note(reason);
  const isOpen = report.status !== null && !isTerminal(report.status);
  if (verdict === "fail" && report.failure !== null) output.note(`hint  ${report.failure.hint}`);
  const took = latencyMs === null ? "" : ` after ${formatDuration(latencyMs)}`;
  const tokens = report.total_tokens === null ? "" : `, ${report.total_tokens} tokens`;
  const { style } = output;
  const said =
    verdict === "pass" ? style.green("pass") : verdict === "fail" ? style.red("fail") : "no verdict yet";
  output.line(
    `${said}${took}, $${usd.toFixed(4)}${tokens}  ${worker} version ${version} ${runId ?? ""}`.trimEnd(),
  );
  if (isOpen && runId !== null) output.note(`It goes on: floom runs show ${runId}`);
}
