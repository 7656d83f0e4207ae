import { env } from "cloudflare:test";
import { expect, it } from "vitest";
import { problemSchema } from "#contract/problem";
import {
  callApi,
  ownerToken,
  ownerWorkspace,
  strangerToken,
  testHost,
} from "../../test/support/workerd/api-harness.ts";
import { strangerWorkspace } from "../../test/support/workerd/stranger.ts";
import { putToSleep } from "../../test/support/workerd/eviction.ts";
import {
  countStored,
  DAY,
  holdDate,
  houseStubOf,
  keepHouse,
  listKeys,
  listRunIds,
  owner,
  passTime,
  pushWorker,
  runStubOf,
  startRun,
  statusOf,
  storeStubOf,
  auditStubOf,
  workerStubOf,
} from "../../test/support/workerd/housekeeping.ts";
import { setValue, workerStore, workspaceStore } from "../../test/support/workerd/store-calls.ts";
import { seedAll, settleRuns } from "../../test/support/workerd/seed-all.ts";
import { verifies } from "../../test/verifies.ts";

holdDate();

const deleteWorkspace = (confirm: unknown = ownerWorkspace, token = ownerToken) =>
  callApi("DELETE", "/api/workspace", { json: { confirm }, token });

/** Tables of which no row is a workspace's, each with the reason. */
const nobodys: Record<string, string> = {
  users: "a person's",
  sessions: "a person's",
  accounts: "a person's",
  passkeys: "a person's",
  verifications: "a person's",
  sign_in_rates: "an address's",
  rate_counters: "whoever asked, for an hour at most",
  oauth_clients: "a program's, whoever let it in",
  oauth_resources: "the server's",
  oauth_client_resources: "the library's, and always empty",
  oauth_client_assertions: "the library's, and always empty",
  oauth_access_tokens: "named by their grant, with which the database deletes them",
  oauth_refresh_tokens: "named by their grant, with which the database deletes them",
  oauth_consents: "named by their grant, with which the database deletes them",
  app_entries: "named by their worker, for some minutes",
  context_versions: "named by their context: see countContextless",
  context_files: "named by their context: see countContextless",
};
/** Beginnings of keys below which nothing is a workspace's. */
const nobodysFiles: Record<string, string> = { templates: "what the provider has built, by its content" };

async function listTables(): Promise<string[]> {
  const { results } = await env.DB.prepare(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name <> 'd1_migrations'",
  ).all<{ name: string }>();
  return results.map(({ name }) => name);
}

/** What seedAll does not make, so that there is something of the workspace wherever anything of one can be. */
async function seedTheRest(worker: string, { member, run }: { member: string; run: string }): Promise<void> {
  const ask = async (method: string, path: string, json: unknown) => {
    const answer = await callApi(method, path, { json });
    expect(answer.status, `${method} ${path}`).toBeLessThan(300);
  };
  await pushWorker(worker, "print('newer')");
  await ask("POST", `/api/workers/${worker}/versions/1/activate`, { force: ["drops_approvals"] });
  await ask("PUT", `/api/workers/${worker}/grants/${member}`, { grants: ["runner"] });
  await ask("POST", `/api/workers/${worker}/feedback`, { text: "Be brief." });
  await ask("PATCH", "/api/preferences", { starred: [worker] });
  await env.DB.prepare(
    "INSERT INTO council_messages (run_id, number, workspace_id, message_key, kind, speaker, message, created_by, created_at) VALUES (?, 1, ?, 'k', 'message', 'a', 'b', 't', 0)",
  )
    .bind(run, ownerWorkspace)
    .run();
  await env.DB.prepare(
    "INSERT INTO learnings (id, workspace_id, worker_id, run_id, call_key, learning, state, created_at) VALUES ('l', ?, 'w', ?, 'c', 'a', 'kept', 0)",
  )
    .bind(ownerWorkspace, run)
    .run();
  await env.DB.batch(
    [
      "INSERT INTO evaluations (id, workspace_id, worker_id, version, key, whole, status, runs, cost_usd, created_at) VALUES ('e', ?, 'w', 1, 'k', 1, 'running', 1, 0, 0)",
      "INSERT INTO evaluation_cases (evaluation_id, workspace_id, worker_id, position, result) VALUES ('e', ?, 'w', 0, '{}')",
      "INSERT INTO evaluation_baselines (workspace_id, worker_id, evaluation_id, set_at) VALUES (?, 'w', 'e', 0)",
    ].map((query) => env.DB.prepare(query).bind(ownerWorkspace)),
  );
  await env.DB.prepare(
    "INSERT INTO device_logins (device_hash, user_code_hash, client_name, scopes, status, interval_seconds, created_at, expires_at, workspace_id) VALUES ('d', 'u', 'cli', '[]', 'approved', 5, 0, 9e15, ?)",
  )
    .bind(ownerWorkspace)
    .run();
  await env.FILES.put(`checkpoints/${ownerWorkspace}/1.json`, "{}");
  await env.DB.prepare("INSERT INTO start_counts (workspace_id, day, starts) VALUES (?, 0, 1)")
    .bind(ownerWorkspace)
    .run();
  await env.DB.prepare(
    "INSERT INTO spend (workspace_id, day, worker_id, user_id, runs, sandbox_nano_usd, model_nano_usd) VALUES (?, 0, 'w', 'u', 1, 1, 1)",
  )
    .bind(ownerWorkspace)
    .run();
  await ask("PATCH", `/api/workers/${worker}/anomalies`, { novel_tool: "ignore" });
  await env.DB.batch([
    env.DB.prepare(
      "INSERT INTO event_subscriptions (id, workspace_id, worker_id, principal_id, event, url, secret_box, created_at, expires_at) SELECT 'sub_1', workspace_id, id, 'tok_1', 'run.failed', 'https://a.example/', '', 0, 9e15 FROM workers WHERE name = ? AND workspace_id = ?",
    ).bind(worker, ownerWorkspace),
    env.DB.prepare(
      "INSERT INTO missed_starts (workspace_id, id, worker_id, worker_name, trigger_id, name, due_at, noted_at, code, reason) SELECT workspace_id, 'mis_1', id, name, 'trg_1', 'a', 0, 0, 'b', 'c' FROM workers WHERE name = ? AND workspace_id = ?",
    ).bind(worker, ownerWorkspace),
    env.DB.prepare(
      "INSERT INTO apps (worker_id, workspace_id, slug, state, settings, run_count, runs_per_hour, visitor_runs_per_hour, created_at, updated_at) SELECT id, workspace_id, name, 'link', '{}', 0, 1, 1, 0, 0 FROM workers WHERE name = ? AND workspace_id = ?",
    ).bind(worker, ownerWorkspace),
    env.DB.prepare(
      "INSERT INTO visitor_runs (run_id, workspace_id, door, visitor, created_at) VALUES (?, ?, 'd', 'v', 0)",
    ).bind(run, ownerWorkspace),
  ]);
  await testHost.files.putEvent(ownerWorkspace, testHost.newId("evt", Date.now()), "not an event");
  await testHost.files.putRunOutputs(run, "{}");
  await testHost.files.putImport(ownerWorkspace, async (sink) => {
    const writer = sink.getWriter();
    await writer.write(new TextEncoder().encode("an archive"));
    await writer.close();
  });
}

/** Where something of a workspace can be and nothing of this one is: what a test of its deletion would not notice. */
async function findUnseeded(): Promise<{ tables: string[]; files: string[] }> {
  const filled = await countRowsOf(ownerWorkspace);
  const tables = (await listTables()).filter((name) => !(name in filled) && !(name in nobodys));
  const { default: fileKeys } = await import("../platform/files.ts?raw");
  const keys = new Set((await listKeys()).map((key) => key.split("/")[0]));
  const known = [...fileKeys.matchAll(/^ \*   ([a-z]+)\/</gm)].map(([, name = ""]) => name);
  const files = known.filter((name) => !keys.has(name) && !(name in nobodysFiles));
  return { tables, files: [...new Set(files)] };
}

/** How many rows of each table of the database hold the workspace's id in any of their columns. */
async function countRowsOf(workspaceId: string): Promise<Record<string, number>> {
  const tables = await listTables();
  const counts = await Promise.all(
    tables.map(async (name) => {
      const { results: columns } = await env.DB.prepare("SELECT name FROM pragma_table_xinfo(?)")
        .bind(name)
        .all<{ name: string }>();
      const named = columns.map((column) => `"${column.name}" = ?1`).join(" OR ");
      const query = env.DB.prepare(`SELECT count(*) AS n FROM "${name}" WHERE ${named}`).bind(workspaceId);
      return [name, (await query.first<number>("n")) ?? -1] as const;
    }),
  );
  return Object.fromEntries(counts.filter(([, n]) => n !== 0));
}

/** How many rows are left of contexts that are gone: versions and files name their context alone. */
async function countContextless(): Promise<number[]> {
  const counts = ["context_versions", "context_files"].map((table) =>
    env.DB.prepare(
      `SELECT count(*) AS n FROM ${table} WHERE context_id NOT IN (SELECT id FROM context_bundles)`,
    ).first<number>("n"),
  );
  return (await Promise.all(counts)).map((n) => n ?? -1);
}

/** Lets the housekeeper work, evicted before each step, until the workspace is gone. */
async function clearOut(): Promise<void> {
  await keepHouse(ownerWorkspace, async () => {
    await settleRuns(ownerWorkspace);
    await putToSleep(houseStubOf(ownerWorkspace));
    return (await countRowsOf(ownerWorkspace))["workspaces"] === undefined;
  });
}

/** Until nothing is left to be done: a bundle that was pushed a moment ago is given an hour. */
async function leaveHouse(): Promise<void> {
  await keepHouse(ownerWorkspace, async () => (await countStored(houseStubOf(ownerWorkspace))) === 0);
}

const codeOf = async (response: Response) => problemSchema.parse(await response.json()).code;

it("after a workspace was deleted no table, no file and no object has anything of it, and others have all of theirs", async () => {
  verifies("retention:workspace:nothing-left", "retention:workspace:quick");
  const stranger = { token: await strangerToken(), workspace_id: strangerWorkspace };
  const theirs = await seedAll(stranger, "their-worker");
  const theirRows = await countRowsOf(strangerWorkspace);
  const theirKeys = await listKeys();
  const one = await seedAll(owner, "one");
  const two = await seedAll(owner, "two");
  for (const store of [workspaceStore, workerStore("one")]) await setValue(store, "kept", "1");
  await seedTheRest("one", one.things);
  // A table or a beginning of keys that is new is filled here, or named above with the reason.
  expect(await findUnseeded()).toEqual({ tables: [], files: [] });
  // Of a worker that went before, with a record that was to stay.
  await pushWorker("gone-before");
  const earlier = await startRun("gone-before");
  expect((await callApi("DELETE", "/api/workers/gone-before")).status).toBe(204);
  const runs = (await listRunIds()).filter((id) => !theirs.runs.includes(id));
  expect(runs).toContain(earlier);
  const begun = await deleteWorkspace();
  expect(begun.status).toBe(202);
  expect(await begun.json()).toEqual({
    workspace_id: ownerWorkspace,
    being_deleted: true,
    runs_left: runs.length,
  });
  await clearOut();
  expect(await countRowsOf(ownerWorkspace)).toEqual({});
  verifies("contexts:deleted:nothing-left");
  expect(await countContextless()).toEqual([0, 0]);
  for (const run of runs) expect(await countStored(runStubOf(run)), run).toBe(0);
  for (const { workerId } of [one, two]) expect(await countStored(workerStubOf(workerId))).toBe(0);
  verifies("store:delete:nothing-left");
  for (const place of [ownerWorkspace, one.workerId]) expect(await countStored(storeStubOf(place))).toBe(0);
  expect(await countStored(auditStubOf(ownerWorkspace))).toBe(0);
  await leaveHouse();
  const keys = await listKeys();
  expect(keys).toEqual(expect.arrayContaining(theirKeys));
  // Their runs go on meanwhile, and may have come to their end.
  const isTheirs = (key: string) =>
    theirKeys.includes(key) || theirs.runs.some((run) => key.startsWith(`runs/${run}/`));
  expect(keys.filter((key) => !isTheirs(key))).toEqual([]);
  expect(await countRowsOf(strangerWorkspace)).toEqual(theirRows);
  const read = await callApi("GET", `/api/runs/${theirs.things.run}`, { token: stranger.token });
  expect(read.status).toBe(200);
}, 120_000);

it("nobody but the owner deletes a workspace, and the owner not without writing its id out", async () => {
  verifies("retention:workspace:owner-and-name");
  await pushWorker("kept");
  const stranger = await strangerToken();
  for (const confirm of [strangerWorkspace, ownerWorkspace]) {
    const refused = await deleteWorkspace(confirm, stranger);
    expect([refused.status, await codeOf(refused)]).toEqual([403, "owner_only"]);
  }
  for (const confirm of ["", "default", strangerWorkspace, `${ownerWorkspace} `, true, null]) {
    const refused = await deleteWorkspace(confirm);
    expect([confirm, refused.status, await codeOf(refused)]).toEqual([confirm, 422, "invalid_request"]);
  }
  expect((await callApi("DELETE", "/api/workspace", { json: {} })).status).toBe(422);
  expect((await callApi("GET", "/api/workers/kept")).status).toBe(200);
});

it("from the answer on nothing starts or is reached; the owner's token then makes a new, empty workspace", async () => {
  verifies("retention:workspace:shut-at-once");
  const { things, runs } = await seedAll(owner, "one");
  await callApi("PATCH", "/api/workspace/settings", { json: { retention_days: 7 } });
  const child = "tok_of_a_child";
  await env.DB.prepare(
    "INSERT INTO tokens (id, workspace_id, kind, name, hash, scopes, created_at) VALUES (?, ?, 'token', 'ci', 'h', '[]', 0)",
  )
    .bind(child, ownerWorkspace)
    .run();
  expect((await deleteWorkspace()).status).toBe(202);
  expect(await countRowsOf(ownerWorkspace)).not.toHaveProperty("tokens");
  for (const [method, path] of [
    ["GET", "/api/runs"],
    ["POST", "/api/workers/one/runs"],
    ["DELETE", "/api/workspace"],
  ] as const) {
    const refused = await callApi(method, path, method === "GET" ? {} : { json: {} });
    const { code, detail } = problemSchema.parse(await refused.json());
    expect([path, refused.status, code]).toEqual([path, 409, "workspace_being_deleted"]);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(1);
    expect(detail).toMatch(/\d+ runs? (?:is|are) left/);
  }
  const knocked = await callApi("POST", `/hooks/${things.trigger}`, { json: { again: true } });
  expect(knocked.status).toBeGreaterThanOrEqual(400);
  expect((await listRunIds()).filter((id) => !runs.includes(id))).toEqual([]);
  await clearOut();
  expect((await callApi("GET", "/api/workspace/settings")).status).toBe(200);
  const settings = await callApi("GET", "/api/workspace/settings");
  expect(await settings.json()).toMatchObject({ retention_days: 90 });
  expect(await (await callApi("GET", "/api/runs")).json()).toMatchObject({ runs: [] });
  await pushWorker("one");
  const run = await startRun("one");
  // What was left to be done for the old one does not touch it.
  passTime(2 * 3_600_000);
  await keepHouse(ownerWorkspace, async () => {
    const storage = await callApi("GET", "/api/workspace/storage");
    return ((await storage.json()) as { being_deleted: number }).being_deleted === 0;
  });
  expect(await statusOf(run)).not.toBe("cancelled");
  expect((await callApi("GET", "/api/workers/one/bundle.zip")).status).toBe(200);
}, 60_000);

it("a deletion that was announced and did not happen touches nothing", async () => {
  verifies("retention:workspace:nothing-left");
  await pushWorker("kept");
  const run = await startRun("kept");
  await testHost.housekeeper(ownerWorkspace).clearWorkspace(ownerWorkspace);
  await keepHouse(ownerWorkspace, async () => {
    const storage = await callApi("GET", "/api/workspace/storage");
    return ((await storage.json()) as { being_deleted: number }).being_deleted === 0;
  });
  expect(await statusOf(run)).not.toBe("cancelled");
  expect((await callApi("GET", "/api/workers/kept")).status).toBe(200);
});

it("a worker whose record was to stay goes with its workspace, though a run of it was still under way", async () => {
  verifies("retention:workspace:nothing-left");
  await pushWorker("busy");
  const run = await startRun("busy");
  expect((await callApi("DELETE", "/api/workers/busy")).status).toBe(204);
  expect((await deleteWorkspace()).status).toBe(202);
  const begun = Date.now();
  await clearOut();
  expect(Date.now() - begun).toBeLessThan(DAY);
  expect(await countRowsOf(ownerWorkspace)).toEqual({});
  expect(await countStored(runStubOf(run))).toBe(0);
});
