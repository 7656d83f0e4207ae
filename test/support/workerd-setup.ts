import { applyD1Migrations, reset, runInDurableObject } from "cloudflare:test";
import type { D1Migration } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach } from "vitest";
import { firstWorkspaceId } from "../../worker/access/principal.ts";
import { endLogs } from "./workerd/kept-logs.ts";
import { endTest } from "./workerd/end-with-test.ts";
import { letWorkEnd, waitAtMost } from "./workerd/left-work.ts";
import { strangerWorkspace } from "./workerd/stranger.ts";

declare global {
  /** Of the isolate: what its first test has found out. */
  var migrated: Migrated | undefined;
  namespace Cloudflare {
    interface GlobalProps {
      mainModule: typeof import("../../worker/index.ts");
    }
    interface Env {
      /** The SQL of `migrations/`, read in Node and handed in by vitest.config.ts. */
      TEST_MIGRATIONS: D1Migration[];
      /** "1": objects forget what they have in memory before each call; see test/support/workerd/eviction.ts. */
      TEST_EVICT: string;
    }
  }
}

// Files share one isolate (starting one per file costs a second each), so storage is emptied between tests.
// reset() also drops the tables.
beforeEach(async () => {
  globalThis.migrated ??= await migrate();
  await env.DB.batch((await isFilled()) ? globalThis.migrated.again : globalThis.migrated.first);
  await emptyFiles();
});

afterEach(async ({ task }) => {
  await letWorkEnd();
  endTest();
  await emptyWhatTestsShare();
  await reset();
  endLogs({ isShown: task.result?.state === "fail" });
});

/** What the migrations make of a database: worked out once, and for every test as it is, in a quarter of the time. */
interface Migrated {
  /** Of an empty one. */
  first: D1PreparedStatement[];
  /**
   * Of one that has the tables of the test before: what that left under way may wake the database while it is emptied,
   * which then stays as it was. To empty it until it is would never end beside what fills it.
   */
  again: D1PreparedStatement[];
}

async function migrate(): Promise<Migrated> {
  await applyD1Migrations(env.DB, env.TEST_MIGRATIONS);
  const { results } = await env.DB.prepare(
    `SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND ${OWN} ORDER BY rowid`,
  ).all<{ type: string; name: string; sql: string }>();
  const tables = results.filter(({ type }) => type === "table").map(({ name }) => name);
  const triggers = results.filter(({ type }) => type === "trigger");
  const contents = await env.DB.batch<Record<string, unknown>>(
    tables.map((name) => env.DB.prepare(`SELECT * FROM "${name}"`)),
  );
  const rows = contents.flatMap(({ results: found }, at) => insertAll(tables[at] ?? "", found));
  const run = (sql: string): D1PreparedStatement => env.DB.prepare(sql);
  return {
    first: [run(results.map(({ sql }) => sql).join(";\n")), ...rows],
    again: [
      run("PRAGMA defer_foreign_keys = ON"),
      // Some keep rows from being deleted.
      ...triggers.map(({ name }) => run(`DROP TRIGGER "${name}"`)),
      ...tables.map((name) => run(`DELETE FROM "${name}"`)),
      ...triggers.map(({ sql }) => run(sql)),
      ...rows,
    ],
  };
}

/** Those of the test before, where the bucket was woken while it was emptied. */
async function emptyFiles(): Promise<void> {
  for (let isWhole = false; !isWhole;) {
    const { objects, truncated } = await env.FILES.list();
    if (objects.length > 0) await env.FILES.delete(objects.map(({ key }) => key));
    isWhole = !truncated;
  }
}

/** What the runtime itself keeps in a database is no test's. */
const OWN = "name NOT LIKE 'sqlite_%' AND name NOT LIKE '_cf_%'";

async function isFilled(): Promise<boolean> {
  return (await env.DB.prepare(`SELECT 1 FROM sqlite_master WHERE ${OWN} LIMIT 1`).first()) !== null;
}

/** Puts back what migrations write themselves. */
function insertAll(table: string, rows: Record<string, unknown>[]): D1PreparedStatement[] {
  const columns = Object.keys(rows[0] ?? {});
  if (columns.length === 0) return [];
  const values = columns.map((column) => `value ->> '${column}'`);
  const sql = `INSERT INTO "${table}" (${columns.join(", ")}) SELECT ${values.join(", ")} FROM json_each(?)`;
  return [env.DB.prepare(sql).bind(JSON.stringify(rows))];
}

/** One that answers nobody is left to the reset. */
const EMPTIED_WITHIN_MS = 1_000;

/**
 * Has the objects whose names are the same in every test empty themselves. reset() does that to what is awake alone, and on a
 * busy machine it now and then ends one and leaves it what it has stored, for the next test to find. The bucket is an object
 * too; the database is looked at anyway.
 */
async function emptyWhatTestsShare(): Promise<void> {
  await env.FILES.head("none");
  const named = [
    env.CAPACITY_OBJECT.getByName("sandboxes"),
    ...[firstWorkspaceId, strangerWorkspace].flatMap((workspace) =>
      [env.AUDIT_OBJECT, env.HOUSEKEEPER_OBJECT, env.STORE_OBJECT].map((of) => of.getByName(workspace)),
    ),
  ];
  const emptied = named.map((stub) => runInDurableObject(stub, (_, { storage }) => storage.deleteAll()));
  await waitAtMost(EMPTIED_WITHIN_MS, Promise.allSettled(emptied));
}
