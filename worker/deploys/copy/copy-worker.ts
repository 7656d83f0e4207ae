import type { Principal } from "#contract/access/access";
import { findWorkerVersion } from "../../catalog/store.ts";
import type { WorkerVersion } from "../../catalog/store.ts";
import { AppError } from "../../platform/app-error.ts";
import { fileOf } from "../../registry/bundle/bundle-file.ts";
import { judgeBundle } from "../judge-bundle.ts";
import { newWorker, push, readFiles } from "../service.ts";
import type { DeployDeps } from "../service.ts";

const MOST_COPIES = 20;
const LONGEST_STEM = 55;

/**
 * Makes a worker of the principal's workspace of another's files: under the same name, or as `<name>-copy` where that is
 * taken. Nothing else goes along: secrets, runs, triggers that were made by hand and settings are the other's. Answers its
 * name. Throws what a push of those files throws.
 */
export async function copyWorker(
  deps: DeployDeps,
  principal: Principal,
  { version }: WorkerVersion,
): Promise<string> {
  const files = await readFiles(deps, version);
  const name = await chooseName(deps, principal, version.manifest.name);
  const named = await Promise.all(
    files.map(async (file) =>
      file.path === "worker.yml" ? fileOf(file.path, nameIn(await file.read(), name)) : file,
    ),
  );
  // Judged anew: what its own worker.yml leaves open is for the workspace to decide that it comes to.
  const verdict = await judgeBundle({ files: named, problems: [] });
  const { worker } = await push(deps, principal, { verdict, expect: "new", target: newWorker });
  return worker.id;
}

async function chooseName(deps: DeployDeps, { workspace_id }: Principal, name: string): Promise<string> {
  const stem = name.slice(0, LONGEST_STEM);
  const names = Array.from(
    { length: MOST_COPIES },
    (_, index) => `${stem}-copy${index === 0 ? "" : `-${index + 1}`}`,
  );
  for (const candidate of [name, ...names]) {
    const place = { workspaceId: workspace_id, workerName: candidate };
    if ((await findWorkerVersion(deps.db, place)) === undefined) return candidate;
  }
  throw new AppError("worker_exists", `There are copies of ${name} already. Delete some first.`);
}

function nameIn(content: Uint8Array, name: string): Uint8Array {
  const text = new TextDecoder().decode(content);
  return new TextEncoder().encode(text.replace(/^name:.*$/m, `name: ${name}`));
}
