import type * as z from "zod";
import type { Principal } from "#contract/access/access";
import type { changedWorkerSchema, ChangeWorker } from "#contract/workers/worker";
import { requireWorker } from "../catalog/require-worker.ts";
import type { WorkerVersion } from "../catalog/store.ts";
import { AppError } from "../platform/app-error.ts";
import { editManifest } from "../registry/manifest/edit-manifest.ts";
import type { ManifestEdit } from "../registry/manifest/edit-manifest.ts";
import { textOf } from "./describe-files.ts";
import { getWorker } from "./show-worker.ts";
import { readFiles, updateWorker } from "./service.ts";
import type { DeployDeps } from "./service.ts";

/** What the parts of an edit are called in a request. */
const members: Readonly<Record<keyof ManifestEdit, keyof ChangeWorker>> = {
  title: "name",
  description: "description",
  triggerType: "trigger_type",
  cron: "cron_expr",
  timezone: "cron_timezone",
  inputs: "input_values",
  capabilities: "capabilities",
};

function toEdit(change: ChangeWorker): ManifestEdit {
  return {
    title: change.name,
    description: change.description,
    triggerType: change.trigger_type === "cron" ? "schedule" : change.trigger_type,
    cron: change.cron_expr,
    timezone: change.cron_timezone,
    inputs: change.input_values,
    capabilities: change.capabilities,
  };
}

/**
 * Changes settings of a worker where they are kept, in worker.yml, as a new version that is judged like any other push.
 * Throws `version_conflict` when somebody pushed meanwhile, `invalid_request` for what cannot be changed this way.
 */
export async function changeWorker(
  deps: DeployDeps,
  principal: Principal,
  { name, change }: { name: string; change: ChangeWorker },
): Promise<z.output<typeof changedWorkerSchema>> {
  const found = await requireWorker(deps, principal, { name, scope: "workers:write" });
  await writeChange(deps, principal, { found, change });
  const hadHook = found.version.manifest.triggers.some(({ type }) => type === "webhook");
  // Nobody can sign for a new webhook before somebody has read its secret.
  const rotates = change.webhook_secret_rotate === true || (change.trigger_type === "webhook" && !hadHook);
  const secret = rotates ? await deps.rotateHookSecret(principal, name) : null;
  return { ...(await getWorker(deps, principal, name)), new_webhook_secret: secret };
}

async function writeChange(
  deps: DeployDeps,
  principal: Principal,
  { found, change }: { found: WorkerVersion; change: ChangeWorker },
): Promise<void> {
  const { worker, version } = found;
  const source = (await textOf(await readFiles(deps, version), "worker.yml")) ?? "";
  const edited = editManifest(source, toEdit(change));
  if ("refused" in edited) {
    const pointer = `/${members[edited.refused]}`;
    throw new AppError("invalid_request", edited.detail, { errors: [{ pointer, detail: edited.detail }] });
  }
  if (edited.source === source) return;
  await updateWorker(deps, principal, {
    source: { worker_yml: edited.source },
    target: { workerName: worker.name, baseVersion: version.number },
  });
}
