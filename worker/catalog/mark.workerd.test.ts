import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import type { WorkspaceId } from "#contract/ids";
import { createDb } from "../platform/db/client.ts";
import { readCatalogMark } from "./mark-store.ts";

const ours = "wsp_mark_ours" as WorkspaceId;
const theirs = "wsp_mark_theirs" as WorkspaceId;

const write = (statement: string, workspace: string) => env.DB.prepare(statement).bind(workspace).run();
const markOf = (workspace: WorkspaceId) => readCatalogMark(createDb(env.DB), workspace);

const ADDS_SECRET =
  "INSERT INTO secrets (workspace_id, name, version, created_at, updated_at) VALUES (?, 'KEY', 1, 1, 1)";

const ADDS_VERSION =
  "INSERT INTO versions (id, workspace_id, worker_id, number, digest, manifest, file_count, size_bytes, created_at) VALUES ('ver_mark', ?, 'wrk_mark', 1, 'd', '{}', 1, 1, 1)";

/** Whatever a list tells of a workspace, and the writes by which it changes. */
const telling = [
  `INSERT INTO workers (id, workspace_id, name, active_version, latest_version, created_at, updated_at) VALUES ('wrk_mark', ?, 'a', 1, 1, 1, 1)`,
  `UPDATE workers SET active_version = 2 WHERE workspace_id = ?`,
  `UPDATE workers SET paused_at = 5 WHERE workspace_id = ?`,
  `UPDATE versions SET state = 'deprecated' WHERE workspace_id = ?`,
  ADDS_SECRET,
  `UPDATE secrets SET granted_to = '[]' WHERE workspace_id = ?`,
  `UPDATE secrets SET bound_to = '{"hosts":["a.example"],"header":"authorization"}' WHERE workspace_id = ?`,
  `UPDATE secrets SET version = 2, updated_at = 2 WHERE workspace_id = ?`,
  `UPDATE secrets SET last_checked_at = 3, last_check_status = 'ok' WHERE workspace_id = ?`,
  // Noted once an hour.
  `UPDATE secrets SET last_used_at = 9, last_used_run_id = 'run_1' WHERE workspace_id = ?`,
  `INSERT INTO context_bundles (id, workspace_id, name, kind, description, visibility, sensitive, writeable, owner_id, version, file_count, total_bytes, last_change, created_at, updated_at)
   VALUES ('ctx_mark', ?, 'c', 'folder', '', 'workspace', 0, 1, 'usr_1', 1, 0, 0, '', 1, 1)`,
  `UPDATE context_bundles SET description = 'of something' WHERE workspace_id = ?`,
  `DELETE FROM context_bundles WHERE workspace_id = ?`,
  `DELETE FROM secrets WHERE workspace_id = ?`,
  `DELETE FROM workers WHERE workspace_id = ?`,
];

const found = (workspace: WorkspaceId) =>
  write("INSERT OR IGNORE INTO workspaces (id, name, created_at) VALUES (?, 'x', 1)", workspace);

it("each write that a list tells of moves its workspace's mark onwards, and nobody else's", async () => {
  for (const workspace of [ours, theirs]) await found(workspace);
  await write(ADDS_VERSION, ours);
  const before = await markOf(theirs);
  let mark = await markOf(ours);
  for (const statement of telling) {
    await write(statement, ours);
    const moved = await markOf(ours);
    expect(moved, statement).toBeGreaterThan(mark);
    mark = moved;
  }
  expect(await markOf(theirs)).toBe(before);
});

it("a workspace that takes the place of a deleted one is not taken for it", async () => {
  await found(ours);
  const mark = await markOf(ours);
  await write("DELETE FROM workspaces WHERE id = ?", ours);
  await scheduler.wait(5);
  await found(ours);
  expect(await markOf(ours)).toBeGreaterThan(mark);
});
