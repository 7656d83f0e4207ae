import { actionsOf } from "#contract/actions/actions-of";
import { toolName, toolStem } from "#contract/actions/tool-name";
import type { WorkspaceId } from "#contract/ids";
import type { Manifest } from "#contract/manifest/manifest";
import { platformToolNames } from "#contract/tools/names";
import { AppError } from "../platform/app-error.ts";
import type { Db } from "../platform/db/client.ts";
import { claimsOf } from "./tool-claims.ts";
import { findToolHolder } from "./tool-holder-store.ts";

/**
 * A client that calls a tool by its name must never reach another one than it read about. Throws `invalid_manifest`
 * where `mcp.name` is taken by the platform or by another worker, and where the worker's own name is another's `mcp.name`.
 */
export async function requireOwnTools(db: Db, workspaceId: WorkspaceId, manifest: Manifest): Promise<void> {
  const platform = manifest.mcp === undefined ? undefined : platformToolOf(manifest);
  if (platform !== undefined) throw taken(manifest, `the platform has a tool ${platform} already.`);
  const holder = await findToolHolder(db, claimsOf({ workspace_id: workspaceId, manifest }));
  if (holder === undefined) return;
  const what = manifest.mcp === undefined ? "by its worker.yml, mcp.name" : "or its name";
  throw taken(manifest, `tools of the worker ${holder} are called so already, ${what}.`);
}

/** The platform's tool that one of the worker's would hide behind; undefined for none. */
function platformToolOf(manifest: Manifest): string | undefined {
  const actions = actionsOf(manifest);
  return actions
    .map(({ name }) => toolName(toolStem(manifest), name, actions.length === 1))
    .find((tool) => platformToolNames.has(tool));
}

function taken(manifest: Manifest, why: string): AppError {
  const detail = `Tools of ${manifest.name} cannot be called ${toolStem(manifest)}: ${why} Give it another name.`;
  const pointer = manifest.mcp === undefined ? "/name" : "/mcp/name";
  return new AppError("invalid_manifest", detail, {
    errors: [{ pointer, code: "tool_name_taken", detail, file: "worker.yml" }],
  });
}
