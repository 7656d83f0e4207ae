import { resolve } from "node:path";
import { ApiProblem } from "#contract/client";
import type { ProblemError } from "#contract/problem";
import { workerRoutes } from "#contract/workers/routes";
import type { PushResult } from "#contract/workers/worker";
import { formatBytes, formatCount } from "#contract/words";
import type { Api } from "../../api.ts";
import { packFolder } from "../../bundle/bundle.ts";
import type { PackedFolder } from "../../bundle/bundle.ts";
import { CliError, usageError } from "../../cli-error.ts";
import type { Call, Run } from "../../command.ts";
import type { CommandContext } from "../../context.ts";
import { exitCodes } from "../../exit-code.ts";
import { showFindings, toFindings } from "../../output/show-findings.ts";
import { setVariables } from "../../bundle/set-variables.ts";
import { openPushMemory } from "../../bundle/push-memory.ts";
import type { KnownVersion } from "../../bundle/push-memory.ts";
import type { pushSpec } from "./specs.ts";
import { findWorkerName, readManifest, readSource } from "../../bundle/worker-source.ts";

interface Push {
  worker: string;
  packed: PackedFolder;
  /** The version this push is made from: named by --base-version, or remembered of this folder. */
  base: { number: number; known: KnownVersion | undefined } | undefined;
  quarantine: boolean;
  activate: boolean;
}

/** Packs a folder and makes it the worker's active version. */
export const run: Run<typeof pushSpec> = async (context, { args, options }) => {
  const dir = resolve(context.host.cwd, args.dir);
  const written = options.var.length === 0 ? undefined : setVariables(await readManifest(dir), options.var);
  const packed = await packFolder(dir, written);
  const manifest = written ?? (await readManifest(dir));
  for (const warning of packed.warnings) context.output.note(`warning ${warning}`);
  try {
    const result = await pushFolder(context, { dir, manifest, packed, options });
    showResult(context, result, { dir: args.dir, manifest, packed });
    return exitCodes.ok.code;
  } catch (error) {
    const errors = readFieldErrors(error);
    // What lies in another file is told with its name.
    const isOfManifest = errors.every(({ file = "worker.yml" }) => file === "worker.yml");
    const findings = toFindings(errors);
    if (context.json || findings.length === 0 || !isOfManifest) throw error;
    showFindings(context.output, { dir: args.dir, manifest }, findings);
    context.output.note(`Not pushed: ${formatCount(findings.length, "error")} in worker.yml.`);
    return exitCodes.usage.code;
  }
};

function readFieldErrors(error: unknown): readonly ProblemError[] {
  if (error instanceof ApiProblem) return error.problem.errors ?? [];
  return error instanceof CliError ? (error.errors ?? []) : [];
}

interface FolderToPush {
  dir: string;
  manifest: string;
  packed: PackedFolder;
  options: Call<typeof pushSpec>["options"];
}

/** Pushes, and remembers for the next push which version the folder now stands on. */
async function pushFolder(
  context: CommandContext,
  { dir, manifest, packed, options }: FolderToPush,
): Promise<PushResult> {
  const api = await context.api();
  const worker = findWorkerName(manifest) ?? (await askForName(api, dir));
  const memory = openPushMemory(context.connection());
  const base = chooseBase(options, await memory.recall(dir, worker));
  const result = await pushBundle(api, {
    worker,
    packed,
    base,
    quarantine: options.quarantine,
    activate: options.activate,
  });
  const { id: versionId, number: versionNumber, state } = result.version;
  // The next push is made from the active version, which one in quarantine is not.
  if (state === "active" && result.version.active)
    await memory.remember(dir, { worker, versionId, versionNumber });
  return result;
}

/** The worker that a folder is, with worker.yml or without. */
export async function findNameOfFolder(api: Api, dir: string): Promise<string> {
  const manifest = await readManifest(dir).catch(() => undefined);
  return (manifest === undefined ? undefined : findWorkerName(manifest)) ?? (await askForName(api, dir));
}

/** Asks the server's own parser which worker a manifest of another shape names. */
async function askForName(api: Api, dir: string): Promise<string> {
  const source = await readSource(dir);
  const { name, findings } = await api.call(workerRoutes.validateWorker, { json: source });
  if (name !== null) return name;
  throw new CliError("worker.yml has errors.", {
    exit: "usage",
    code: "invalid_manifest",
    errors: findings.map(({ pointer, line, column, code, message, fix }) => ({
      pointer,
      line,
      column,
      code,
      fix,
      detail: message,
      file: "worker.yml",
    })),
  });
}

function chooseBase(
  options: Call<typeof pushSpec>["options"],
  known: KnownVersion | undefined,
): Push["base"] {
  if (options.baseVersion !== undefined) {
    if (options.force) throw usageError("--force and --base-version contradict each other.");
    if (!/^\d+$/.test(options.baseVersion))
      throw usageError("--base-version needs a version's number, or 0.");
    return { number: Number(options.baseVersion), known: undefined };
  }
  return options.force || known === undefined ? undefined : { number: known.versionNumber, known };
}

async function pushBundle(
  api: Api,
  { worker, packed, base, quarantine, activate }: Push,
): Promise<PushResult> {
  const send = async (query: { base_version?: number }): Promise<PushResult> =>
    api.call(workerRoutes.putWorkerBundle, {
      params: { worker },
      query: {
        ...query,
        ...(quarantine ? { quarantine: "true" } : {}),
        ...(activate ? {} : { activate: "false" }),
      },
      body: packed.zip,
      headers: { "content-type": "application/zip" },
    });
  if (base === undefined) return send({});
  try {
    return await send({ base_version: base.number });
  } catch (error) {
    const isConflict = error instanceof ApiProblem && error.problem.code === "version_conflict";
    if (!isConflict || base.known === undefined || (await isVersionOf(api, worker, base.known))) throw error;
    return send({});
  }
}

/**
 * Whether the server knows the version that we remember. When it does not, the memory is of another installation at the
 * same address, and says nothing about this one.
 */
async function isVersionOf(api: Api, worker: string, { versionId }: KnownVersion): Promise<boolean> {
  try {
    const versions = await api.call(workerRoutes.listVersions, { params: { worker }, query: { limit: 100 } });
    return versions.some(({ id }) => id === versionId);
  } catch (error) {
    if (error instanceof ApiProblem && error.problem.status === 404) return false;
    throw error;
  }
}

function showResult(
  context: CommandContext,
  result: PushResult,
  { dir, manifest, packed }: { dir: string; manifest: string; packed: PackedFolder },
): void {
  const { output, json } = context;
  if (json) {
    output.document(result);
    return;
  }
  showFindings(context.output, { dir, manifest }, result.warnings);
  const { worker, version } = result;
  const size = `${formatCount(packed.files.length, "file")}, ${formatBytes(packed.zip.byteLength)} packed`;
  const { style } = output;
  if (!result.changed)
    output.line(`${worker.id} is unchanged: version ${version.number} is ${version.state}.`);
  else if (result.created)
    output.line(`${style.green("Created")} ${worker.id}, version ${version.number} (${size}).`);
  else output.line(`${style.green("Pushed")} ${worker.id}, version ${version.number} (${size}).`);
  output.note(style.dim(sayNext(result)));
}

/** The next thing to do; a worker that no start would run is not called one. */
function sayNext({ worker, version, warnings }: PushResult): string {
  if (version.state === "quarantined")
    return `Nothing runs it before it is promoted. To review it: floom trust show ${worker.id} ${version.number}`;
  if (!version.active)
    return `Version ${worker.version} stays active. Try this one: floom test ${worker.id} --version ${version.number}`;
  if (worker.archived) return `It is archived. To run it: floom workers restore ${worker.id}`;
  if (worker.paused) return `It is paused. To run it: floom workers resume ${worker.id}`;
  if (worker.status === "missing_secret")
    return `${worker.id} is stored. Runs are refused until its secrets are set: see the warnings above.`;
  const absent = warnings.some(({ code }) => code === "not_available" || code === "runner_unavailable");
  if (absent) return `${worker.id} is stored. Runs are refused: see the warnings above.`;
  return `Run it: floom run ${worker.id}`;
}
