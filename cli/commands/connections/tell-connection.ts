import type { Connection } from "#contract/connections/connection";
import type { CommandContext } from "../../context.ts";

/** Tells of one connection, a line for each thing that there is to say. */
export function tellConnection(output: CommandContext["output"], connection: Connection): void {
  const { mcp, http, composio, allowed_tools } = connection;
  const rows: [string, string | null][] = [
    ["name", connection.name],
    ["id", connection.id],
    ["kind", connection.kind],
    ["to", mcp?.url ?? http?.base_url ?? composio?.app ?? null],
    ["credential", mcp?.auth ?? (http === null ? null : `secret ${http.secret}`)],
    ["owner", connection.owner === "me" ? "you" : "the workspace"],
    ["status", connection.status],
    ["reason", connection.status_reason],
    ["scope", connection.scope],
    ["allowed tools", allowed_tools === null ? null : allowed_tools.join(", ")],
    ["changed tools", connection.changed_tools === 0 ? null : String(connection.changed_tools)],
    ["last used", connection.last_used_at],
    ["last checked", connection.last_checked_at],
  ];
  for (const [what, value] of rows) if (value !== null) output.line(`${what}: ${value}`);
}
