import type { Principal } from "#contract/access/access";
import { toolsOf } from "#contract/actions/tool-name";
import type { Deployed, DeployRequest } from "#contract/deploys/deploy";
import type { PushResult } from "#contract/workers/worker";
import { requireWorker } from "../../catalog/require-worker.ts";
import { fileOf } from "../../registry/bundle/bundle-file.ts";
import type { BundleFile } from "../../registry/bundle/bundle-file.ts";
import { declaredSecrets } from "../../registry/declared.ts";
import { unpackBundle } from "../../registry/unpack-bundle.ts";
import { judgeBundle } from "../judge-bundle.ts";
import type { GivenBundle } from "../judge-bundle.ts";
import { readSourceFiles } from "../read-source.ts";
import { describeRequirements } from "./describe-requirements.ts";
import { newWorker, push } from "../service.ts";
import type { DeployDeps } from "../service.ts";

/** Code or files as they come in one call, and where its pages and endpoints are. */
export interface DeployOrder {
  bundle: GivenBundle;
  /** Origin of links, without a slash at its end. */
  linkOrigin: string;
  /** What is deployed waits for a person's review. */
  quarantine?: boolean;
}

/**
 * Pushes a folder and says all that whoever deployed needs to go on: its page, its endpoints, its tools, its forms and
 * the secrets that are missing. Throws what a push throws.
 */
export async function deploy(
  deps: DeployDeps,
  principal: Principal,
  { bundle, linkOrigin, quarantine = false }: DeployOrder,
): Promise<Deployed> {
  const verdict = await judgeBundle(bundle);
  const target = { ...newWorker, quarantine };
  const pushed = await push(deps, principal, { verdict, expect: "either", target });
  const requirements = await describeRequirements(deps, { pushed, verdict, given: bundle });
  return describeDeployed(deps, principal, { pushed, linkOrigin, requirements });
}

/** The files of a JSON body. */
export function readDeployed({
  name,
  code,
  filename = "app.py",
  files = [],
  requirements = [],
}: DeployRequest): GivenBundle {
  const encoder = new TextEncoder();
  const read =
    code === undefined
      ? readSourceFiles(files)
      : { files: [fileOf(filename, encoder.encode(code))], problems: [] };
  const isGiven = read.files.some(({ path }) => path === "requirements.txt");
  const added: BundleFile[] =
    requirements.length === 0 || isGiven
      ? []
      : [fileOf("requirements.txt", encoder.encode(`${requirements.join("\n")}\n`))];
  return { files: [...read.files, ...added], problems: read.problems, name };
}

/** The files of a zip, flat or below one folder. */
export async function readZip(
  zip: Uint8Array,
  { name, folder }: { name?: string | undefined; folder?: string | undefined },
): Promise<GivenBundle> {
  const { files, problems } = await unpackBundle(zip);
  return { files, problems, name, folder };
}

interface Described {
  pushed: PushResult;
  linkOrigin: string;
  requirements: Deployed["requirements"];
}

async function describeDeployed(
  deps: DeployDeps,
  principal: Principal,
  { pushed, linkOrigin, requirements }: Described,
): Promise<Deployed> {
  const { id: worker } = pushed.worker;
  const found = await requireWorker(deps, principal, { name: worker });
  const { manifest } = found.version;
  const names = declaredSecrets(manifest);
  const wants = [{ workerId: found.worker.id, names }];
  const [missing = []] =
    names.length === 0 ? [] : await deps.findMissingSecrets(principal.workspace_id, wants);
  const actions = toolsOf(manifest).map(({ tool, action }) => ({
    ...action,
    api: `${linkOrigin}/api/workers/${worker}/actions/${action.name}/runs`,
    tool,
  }));
  return {
    worker,
    version: pushed.version.number,
    state: pushed.version.state,
    created: pushed.created,
    changed: pushed.changed,
    url: `${linkOrigin}/a/${await deps.reservePage(found.worker)}`,
    api: actions[0]?.api ?? `${linkOrigin}/api/workers/${worker}/runs`,
    openapi: `${linkOrigin}/api/workers/${worker}/openapi.json`,
    tools: actions.map(({ tool }) => tool),
    actions,
    missing_secrets: missing,
    requirements,
    warnings: pushed.warnings,
  };
}
