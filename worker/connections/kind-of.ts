import type { ConnectionKind } from "#contract/connections/connection";
import type { ConnectionSettings } from "./connection-settings.ts";

/** What a connection is one to. Pure. */
export function kindOf({ http, composio }: Pick<ConnectionSettings, "http" | "composio">): ConnectionKind {
  if (http !== null) return "http";
  return composio === null ? "mcp" : "composio";
}
