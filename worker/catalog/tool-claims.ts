import { toolStem } from "#contract/actions/tool-name";
import type { Manifest } from "#contract/manifest/manifest";

/** The words that a worker takes for its tools in its workspace: no other may be called so, nor call its tools so. */
export interface ToolClaims {
  workspaceId: string;
  names: readonly string[];
  /** The worker's own name. */
  but: string;
}

/** What a version of a worker takes. Pure. */
export function claimsOf(version: { workspace_id: string; manifest: Manifest }): ToolClaims {
  const { workspace_id: workspaceId, manifest } = version;
  const names = new Set([toolStem(manifest), manifest.name, ...Object.values(manifest.mcp?.actions ?? {})]);
  return { workspaceId, names: [...names], but: manifest.name };
}
