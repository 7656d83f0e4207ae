import type { HttpMethod } from "../route.ts";

/** One tool of the first Floom's MCP server, and the request that it makes. */
export interface OriginalTool {
  tool: string;
  method: HttpMethod;
  /** Without the /api that it has in the hosted mode; `{worker}` and such are filled in. */
  path: string;
  /** What this server lacks for it; absent where the tool works. */
  missing?: string;
}

/** Tools that ask no server. */
export const localTools = [
  "workers.contract",
  "workers.templates.list",
  "workers.templates.get",
  "workers.validate",
] as const;

const works = (tool: string, method: HttpMethod, path: string): OriginalTool => ({ tool, method, path });
const lacks =
  (missing: string) =>
  (tool: string, method: HttpMethod, path: string): OriginalTool => ({
    tool,
    method,
    path,
    missing,
  });
const connections = lacks("connections by these addresses");
const integrations = lacks("a catalogue of apps");
const workspace = lacks("instructions and history of the workspace");
const assistant = lacks("conversations with an assistant");

/**
 * The tools of the first Floom's MCP server with the request each makes. A test drives them all; the reference page
 * "Clients of the first Floom" is generated from it.
 */
export const originalTools: readonly OriginalTool[] = [
  works("workers.list", "GET", "/workers"),
  works("workers.get", "GET", "/workers/{worker}"),
  works("workers.create", "POST", "/workers"),
  works("workers.update", "PATCH", "/workers/{worker}"),
  works("workers.run", "POST", "/workers/{worker}/runs"),
  works("workers.write_file", "PUT", "/workers/{worker}/files"),
  works("workers.logs", "GET", "/workers/{worker}/logs"),
  works("workers.stats", "GET", "/workers/{worker}/stats"),
  works("workers.timeseries", "GET", "/workers/{worker}/runs/timeseries"),
  works("workers.sample_input", "GET", "/workers/{worker}/sample-input"),
  works("workers.archive", "POST", "/workers/{worker}/archive"),
  works("workers.restore", "POST", "/workers/{worker}/restore"),
  works("workers.reload", "POST", "/workers/reload"),
  works("workers.versions", "GET", "/workers/{worker}/versions"),
  works("workers.rollback", "POST", "/workers/{worker}/rollback/{version}"),
  works("workers.alerts.list", "GET", "/workers/{worker}/alerts"),
  works("workers.alerts.create", "POST", "/workers/{worker}/alerts"),
  works("workers.alerts.delete", "DELETE", "/workers/{worker}/alerts/{alert}"),
  works("runs.list", "GET", "/runs"),
  works("runs.get", "GET", "/runs/{run}"),
  works("runs.watch", "GET", "/runs/{run}/events"),
  works("runs.cancel", "POST", "/runs/{otherRun}/cancel"),
  works("runs.replay", "POST", "/workers/{worker}/runs/{otherRun}/replay"),
  works("approvals.list", "GET", "/approvals"),
  works("approvals.approve", "POST", "/runs/{run}/approve"),
  works("approvals.reject", "POST", "/runs/{asking}/reject"),
  works("system.overview", "GET", "/system/overview"),
  works("system.stats", "GET", "/stats"),
  works("system.info", "GET", "/system/info"),
  works("system.alerts", "GET", "/system/alerts"),
  works("secrets.list", "GET", "/secrets"),
  works("secrets.set", "POST", "/secrets/A_KEY"),
  works("secrets.test", "POST", "/secrets/A_KEY/test"),
  works("secrets.delete", "DELETE", "/secrets/A_KEY"),
  works("connections.list", "GET", "/connections"),
  connections("connections.add_mcp", "POST", "/connections/mcp"),
  connections("connections.status", "GET", "/connections/{connection}/status"),
  works("connections.test", "POST", "/connections/{connection}/test"),
  works("connections.delete", "DELETE", "/connections/{connection}"),
  integrations("triggers.list", "GET", "/integrations/triggers"),
  integrations("integrations.catalog", "GET", "/integrations/catalog"),
  works("contexts.list", "GET", "/contexts"),
  works("contexts.create", "POST", "/contexts/notes"),
  works("contexts.write", "PUT", "/contexts/notes/files/a.md"),
  works("contexts.upload", "PUT", "/contexts/notes/files/b.png"),
  works("contexts.read", "GET", "/contexts/notes/files/a.md"),
  works("contexts.versions", "GET", "/contexts/notes/versions"),
  works("contexts.rollback", "POST", "/contexts/notes/rollback/1"),
  works("contexts.delete_file", "DELETE", "/contexts/notes/files/a.md"),
  works("contexts.delete", "DELETE", "/contexts/notes"),
  workspace("workspace.instructions.get", "GET", "/workspace"),
  workspace("workspace.instructions.set", "PUT", "/workspace"),
  workspace("workspace.versions", "GET", "/workspace/versions"),
  workspace("workspace.rollback", "POST", "/workspace/rollback/abc1234"),
  assistant("workspace.chat", "POST", "/chat"),
  assistant("conversations.list", "GET", "/conversations"),
  assistant("conversations.get", "GET", "/conversations/cnv_1"),
  works("workers.delete", "DELETE", "/workers/{worker}"),
];
