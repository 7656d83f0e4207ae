import { toolsOf, toolStem } from "#contract/actions/tool-name";
import type { WorkspaceId } from "#contract/ids";
import type { Manifest } from "#contract/manifest/manifest";
import { platformToolNames } from "#contract/tools/names";
import { AppError } from "../platform/app-error.ts";
import type { Db } from "../platform/db/client.ts";
import { claimsOf } from "./tool-claims.ts";
import type { ToolClaims } from "./tool-claims.ts";
import { findToolHolder } from "./tool-holder-store.ts";

/** A name that a worker's tools may not have. */
interface TakenTool {
  /** Where the author wrote it. */
  path: readonly string[];
  /** What it would name, and whose it is. */
  detail: string;
}

/** Throws `invalid_manifest` for what `findTakenTool` finds. */
export async function requireOwnTools(db: Db, workspaceId: WorkspaceId, manifest: Manifest): Promise<void> {
  const taken = await findTakenTool(db, workspaceId, manifest);
  if (taken === undefined) return;
  const detail = `${taken.detail} Give it another name.`;
  const pointer = `/${taken.path.join("/")}`;
  throw new AppError("invalid_manifest", detail, {
    errors: [{ pointer, code: "tool_name_taken", detail, file: "worker.yml" }],
  });
}

/**
 * The first name that worker.yml gives to tools and that the platform or another worker has, or the worker's own name where
 * another calls its tools so: a client that calls a tool by its name must never reach another one than it read about.
 */
export async function findTakenTool(
  db: Db,
  workspaceId: WorkspaceId,
  manifest: Manifest,
): Promise<TakenTool | undefined> {
  const platform = manifest.mcp === undefined ? undefined : platformToolOf(manifest);
  if (platform !== undefined) {
    const detail = `the platform has a tool ${platform} already.`;
    return describeTaken(manifest, { name: ownNameOf(manifest, platform), detail });
  }
  const claims = claimsOf({ workspace_id: workspaceId, manifest });
  const holder = await findToolHolder(db, claims);
  if (holder === undefined) return undefined;
  const detail = `tools of the worker ${holder} are called so already, by its worker.yml, mcp, or its name.`;
  return describeTaken(manifest, { name: await findFirstHeld(db, claims), detail });
}

/** The platform's tool that one of the worker's would hide behind; undefined for none. */
function platformToolOf(manifest: Manifest): string | undefined {
  return toolsOf(manifest)
    .map(({ tool }) => tool)
    .find((tool) => platformToolNames.has(tool));
}

/** What the author wrote that made a tool be called so. */
const ownNameOf = (manifest: Manifest, tool: string): string =>
  Object.values(manifest.mcp?.actions ?? {}).includes(tool) ? tool : toolStem(manifest);

/** Which of the names it is: asked where one is taken, and only to say so. */
async function findFirstHeld(db: Db, { names, ...claims }: ToolClaims): Promise<string> {
  for (const name of names)
    if ((await findToolHolder(db, { ...claims, names: [name] })) !== undefined) return name;
  return claims.but;
}

function describeTaken(
  manifest: Manifest,
  { name, detail: why }: { name: string; detail: string },
): TakenTool {
  const { mcp } = manifest;
  const action = Object.entries(mcp?.actions ?? {}).find(([, tool]) => tool === name)?.[0];
  const what =
    action === undefined ? `Tools of ${manifest.name}` : `The tool of ${action} of ${manifest.name}`;
  const ofWorker = mcp?.name === name ? ["mcp", "name"] : ["name"];
  const path = action === undefined ? ofWorker : ["mcp", "actions", action];
  return { path, detail: `${what} cannot be called ${name}: ${why}` };
}
