import type { Principal } from "#contract/access/access";
import { actionsOf } from "#contract/actions/actions-of";
import { listWantedConnections } from "../registry/wanted-connections.ts";
import type { WantedConnection } from "../registry/wanted-connections.ts";
import type { Manifest, ManifestFinding } from "#contract/manifest/manifest";
import { DEFAULT_TEMPLATE } from "#contract/templates/template";
import type { WorkerRow } from "../catalog/store.ts";
import { listMounts } from "../registry/context-mounts.ts";
import type { ContextMount } from "../registry/context-mounts.ts";
import type { TemplateSpec } from "#contract/templates/template";
import { canonicalJson } from "../platform/canonical-json.ts";
import { declaredSecrets } from "../registry/declared.ts";
import type { BundleVerdict } from "./judge-bundle.ts";
import type { Pushed as PushedVersion } from "./push.ts";
import { warnOfTakenTools } from "./verdict/judge-tools.ts";

/** A stage of a pipeline that another version of its worker does not fit. */
export interface BrokenStage {
  worker: string;
  stage: string | null;
  breaks: readonly string[];
}

/** What is asked about what a worker declares. */
export interface WarnDeps {
  /** What a worker lacks of the contexts that it mounts, in words, whatever its inputs. */
  findMissingContexts: (
    workspaceId: string,
    wish: { pushedBy: string | null; mounts: readonly ContextMount[] },
  ) => Promise<string[]>;
  /** Names of the declared connections that are not there for a run of this person. */
  findMissingConnections: (
    workspaceId: string,
    wish: { userId: string | null; wanted: readonly WantedConnection[] },
  ) => Promise<string[]>;
  /** For each worker, those of these names for which no secret is set that it may have. */
  findMissingSecrets: (
    workspaceId: string,
    wants: readonly { workerId: string; names: readonly string[] }[],
  ) => Promise<string[][]>;
  /** Stages of others, as far as this person may know of them, that do not fit the worker any more, each with why. */
  findBroken: (
    principal: Principal,
    change: { name: string; before: Manifest; after: Manifest },
  ) => Promise<BrokenStage[]>;
  /** What the workspace's template of this name says; null for none. */
  findTemplate: (workspaceId: string, name: string) => Promise<TemplateSpec | null>;
}
type Pushed = Pick<WorkerRow, "id" | "workspace_id"> & { pushedBy: string | null };

/** Says at push what every start will be refused for, and what others will be: what is missing may be brought afterwards. */
export async function warnAtPush(
  deps: WarnDeps,
  principal: Principal,
  { pushed, verdict }: { pushed: PushedVersion; verdict: BundleVerdict },
): Promise<ManifestFinding[]> {
  const worker = { ...pushed.worker, pushedBy: pushed.version.pushed_by };
  const found = await Promise.all([
    warnOfBreaks(deps, principal, pushed),
    findMissingTemplate(deps, worker, verdict),
    findMissingSecrets(deps, worker, verdict),
    findMissingContexts(deps, worker, verdict),
    findMissingConnections(deps, worker, verdict),
  ]);
  return [...found.flat(), ...(verdict.manifest === null ? [] : warnOfTakenTools(verdict.manifest))];
}

/** A version that takes away what pipelines map is pushed all the same: they may follow it, or it may go back. */
async function warnOfBreaks(
  deps: WarnDeps,
  principal: Principal,
  { worker: { name }, version, before }: PushedVersion,
): Promise<ManifestFinding[]> {
  if (before === undefined || !changesSchema(before, version.manifest)) return [];
  const broken = await deps.findBroken(principal, { name, before, after: version.manifest });
  return broken.map(({ worker, stage, breaks }) => ({
    severity: "warning",
    code: "breaks_pipeline",
    pointer: "/exec",
    line: 1,
    column: 1,
    message: `The stage ${stage ?? ""} of ${worker} does not fit this version: ${breaks.join(" ")}`,
    fix: `Push ${worker} with a stage that fits, or activate the version before: floom rollback ${name}.`,
  }));
}

/** Whether it takes or gives something else than before. */
function changesSchema(before: Manifest, after: Manifest): boolean {
  const shapes = (manifest: Manifest) =>
    canonicalJson(
      actionsOf(manifest).map(({ name, input_schema, output_schema }) => [name, input_schema, output_schema]),
    );
  return shapes(before) !== shapes(after);
}

async function findMissingTemplate(
  deps: WarnDeps,
  { workspace_id }: Pushed,
  { manifest, templatePlace }: BundleVerdict,
): Promise<ManifestFinding[]> {
  const name = manifest?.exec.template_profile;
  if (name === undefined || name === DEFAULT_TEMPLATE || templatePlace === null) return [];
  if ((await deps.findTemplate(workspace_id, name)) !== null) return [];
  const message = `This workspace has no sandbox template ${name}: runs of this worker are refused.`;
  const fix = "Push it with `floom templates push`, or take exec.template_profile out.";
  return [{ severity: "warning", code: "not_available", message, fix, ...templatePlace }];
}

async function findMissingContexts(
  deps: WarnDeps,
  { workspace_id, pushedBy }: Pushed,
  { manifest, contextsPlace }: BundleVerdict,
): Promise<ManifestFinding[]> {
  const mounts = manifest === null ? [] : listMounts(manifest);
  if (mounts.length === 0 || contextsPlace === null) return [];
  const missing = await deps.findMissingContexts(workspace_id, { pushedBy, mounts });
  if (missing.length === 0) return [];
  const message = `Contexts are not there for this worker: ${missing.join(", ")}. Until then its runs are refused.`;
  const fix =
    "Make each with: floom contexts create NAME, and add --writeable where the worker writes it. A private one is there only for workers that its maker pushes as a person.";
  return [{ severity: "warning", code: "missing_contexts", message, fix, ...contextsPlace }];
}

async function findMissingConnections(
  deps: WarnDeps,
  { workspace_id, pushedBy }: Pushed,
  { manifest, connectionsPlace }: BundleVerdict,
): Promise<ManifestFinding[]> {
  const wanted = manifest === null ? [] : listWantedConnections(manifest);
  if (wanted.length === 0 || connectionsPlace === null) return [];
  const missing = await deps.findMissingConnections(workspace_id, { userId: pushedBy, wanted });
  if (missing.length === 0) return [];
  const message = `Connections are not there for this worker: ${missing.join(", ")}. Until then its runs are refused.`;
  const fix = "Make each with: floom connections add.";
  return [{ severity: "warning", code: "missing_connection", message, fix, ...connectionsPlace }];
}

async function findMissingSecrets(
  deps: WarnDeps,
  { id, workspace_id }: Pushed,
  { manifest, secretsPlace }: BundleVerdict,
): Promise<ManifestFinding[]> {
  const names = manifest === null ? [] : declaredSecrets(manifest);
  if (names.length === 0 || secretsPlace === null) return [];
  const [missing = []] = await deps.findMissingSecrets(workspace_id, [{ workerId: id, names }]);
  if (missing.length === 0) return [];
  const what = missing.length === 1 ? "A secret is" : "Secrets are";
  const message = `${what} not set for this worker: ${missing.join(", ")}. Until then its runs are refused.`;
  const fix = `Set it from a prompt or a pipe: floom secrets set ${missing[0]}`;
  return [{ severity: "warning", code: "missing_secrets", message, fix, ...secretsPlace }];
}
