// Owns what becomes of versions that wait for a person: they are shown, let in, refused or taken out of use. It never
// lets in what was pushed as anything but the bundle that was reviewed, and writes versions and which one is active.
import type { Principal } from "#contract/access/access";
import type { Manifest } from "#contract/manifest/manifest";
import type { VersionReview } from "#contract/versions/review";
import { stepFrom } from "#contract/trust/version-state";
import type { VersionStep } from "#contract/trust/version-state";
import type { VersionSummary } from "#contract/workers/worker";
import { requireDecider } from "../../access/policy.ts";
import { actorOf } from "../../access/principal.ts";
import { requireOwnTools } from "../../catalog/require-own-tools.ts";
import { requireWorker } from "../../catalog/require-worker.ts";
import { signVersion } from "../../catalog/sign-version.ts";
import type { VersionRow, WorkerVersion } from "../../catalog/store.ts";
import { AppError } from "../../platform/app-error.ts";
import { requireRoomForTriggers } from "../../quotas/service.ts";
import { changeTriggers, countDeclaredTriggers } from "../../triggers/service.ts";
import { describeVersion } from "../describe-worker.ts";
import { diffFiles, diffManifests } from "../diff-versions.ts";
import { isFollowed } from "../is-followed.ts";
import { isGated } from "../gate/is-gated.ts";
import { mayNewly } from "../may-newly.ts";
import { readFiles } from "../service.ts";
import type { DeployDeps } from "../service.ts";
import { requireVersion } from "../versions.ts";
import { decideRow } from "./review-store.ts";

/** A worker's version, by what stands in a path. */
export interface ReviewPlace {
  name: string;
  number: string;
}

/** The same worker that may do nothing: what a first version is compared with. Pure. */
function asHarmless(manifest: Manifest): Manifest {
  const network = { egress: false, allow_out: ["nothing.invalid"], deny_out: [] };
  return {
    ...manifest,
    exec: { ...manifest.exec, secrets: [] },
    capabilities: { secrets: [], files: [], network },
    connections: [],
    contexts: [],
    triggers: [],
    calls: [],
  };
}

/** What a version would change, for whoever is to let it in. */
export async function reviewVersion(
  deps: DeployDeps,
  principal: Principal,
  place: ReviewPlace,
): Promise<VersionReview> {
  const current = await requireWorker(deps, principal, { name: place.name });
  const version = await requireVersion(deps, current.worker.id, place.number);
  const isFirst = current.version.id === version.id;
  const before = isFirst ? asHarmless(version.manifest) : current.version.manifest;
  const open = (of: VersionRow) => () => readFiles(deps, of);
  return {
    worker: current.worker.name,
    version: describeVersion(version, current.worker.active_version),
    against: isFirst ? null : current.version.number,
    may_newly: mayNewly(before, version.manifest),
    may_no_longer: isFirst ? [] : mayNewly(version.manifest, before),
    manifest: isFirst ? [] : diffManifests(before, version.manifest),
    files: isFirst ? [] : await diffFiles(open(current.version), open(version)),
  };
}

function conflict(detail: string): AppError {
  return new AppError("version_conflict", detail);
}

interface Wish extends ReviewPlace {
  step: VersionStep;
  reason?: string;
  expectedDigest?: string | undefined;
}

/**
 * Takes a step with a version. Throws as `requireDecider` does, and `version_conflict` where the step does not lead from its state, its
 * digest is another than was expected, or somebody decided first.
 */
export async function decideVersion(
  deps: DeployDeps,
  principal: Principal,
  { step, reason, expectedDigest, ...place }: Wish,
): Promise<VersionSummary> {
  const current = await requireWorker(deps, principal, { name: place.name, scope: "workers:write" });
  requireDecider(principal);
  const version = await requireVersion(deps, current.worker.id, place.number);
  const to = stepFrom(version.state, step);
  if (to === null)
    throw conflict(`Version ${version.number} is ${version.state}: it cannot be taken to ${step}.`);
  if (expectedDigest !== undefined && expectedDigest !== version.digest)
    throw conflict(`Version ${version.number} is not the bundle that was reviewed.`);
  const { active_version: activeVersion } = current.worker;
  if (step === "retire" && version.number === activeVersion)
    throw conflict(`Version ${version.number} is what the worker runs. Make another version active first.`);
  const decided = {
    ...version,
    state: to,
    decided_by: actorOf(principal),
    decided_at: deps.clock(),
    decision_reason: reason ?? null,
  };
  const { decided_by, decided_at } = decided;
  const signature = await signVersion(deps.signingKey, decided);
  // What has to be evaluated first is let run by this, and not made active.
  const waits =
    step === "promote" &&
    version.number !== activeVersion &&
    isGated(current.version.manifest, version.manifest);
  const activates = step === "promote" && !waits;
  const decision = { to, reason: reason ?? null, decided_by, decided_at, signature, activates };
  const write = () => decideRow(deps.db, { version, activeVersion }, decision);
  const written = activates ? await letIn(deps, { current, version }, write) : await write();
  if (!written) throw conflict(`Somebody else decided on version ${version.number}, or pushed. Look again.`);
  const released = { ...decided, signature };
  if (waits) await deps.gate.begin(principal, { worker: current.worker.name, version: released });
  return describeVersion(released, activates ? version.number : activeVersion);
}

/** The triggers of a version, and the rule of its queue, come with it. Throws where another worker has a name of its tools. */
async function letIn(
  deps: DeployDeps,
  { current, version }: { current: WorkerVersion; version: VersionRow },
  write: () => Promise<boolean>,
): Promise<boolean> {
  await requireOwnTools(deps.db, current.worker.workspace_id, version.manifest);
  const had = current.version.state === "active" ? countDeclaredTriggers(current.version.manifest) : 0;
  await requireRoomForTriggers(
    deps,
    current.worker.workspace_id,
    countDeclaredTriggers(version.manifest) - had,
  );
  const follows = isFollowed(current.version.manifest) || isFollowed(version.manifest);
  return follows ? changeTriggers(deps, current.worker.id, write) : write();
}
