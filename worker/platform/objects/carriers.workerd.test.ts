import { env, runInDurableObject } from "cloudflare:test";
import { expect, it } from "vitest";
import { verifies } from "../../../test/verifies.ts";
import { guardDatabase, guardEntries, guardTables, TooLargeToKeep } from "./carriers.ts";

const large = "a".repeat(2_000_001);
const fitting = "a".repeat(1_999_000);
const wide = `${"a".repeat(1_000_000)}🙂`;

it("an object keeps what production would keep, and refuses the rest before it is written", async () => {
  verifies("run:limits:two-million-bytes");
  const stub = env.RUN_OBJECT.get(env.RUN_OBJECT.newUniqueId());
  await runInDurableObject(stub, (_instance, { storage }) => {
    const kv = guardEntries(storage.kv);
    kv.put("a", { text: fitting });
    expect(kv.get("a")).toEqual({ text: fitting });
    expect(() => kv.put("a", { text: large })).toThrow(TooLargeToKeep);
    expect(() => kv.put("a", { text: wide })).toThrow("The entry a takes");
    expect([...kv.list()]).toEqual([["a", { text: fitting }]]);
    expect(kv.delete("a")).toBe(true);

    const sql = guardTables(storage.sql);
    sql.exec("CREATE TABLE notes (text TEXT)");
    sql.exec("INSERT INTO notes VALUES (?)", fitting);
    expect(() => sql.exec("INSERT INTO notes VALUES (?)", large)).toThrow(TooLargeToKeep);
    expect(() => sql.exec("INSERT INTO notes VALUES (?)", new Uint8Array(2_000_001).buffer)).toThrow(
      TooLargeToKeep,
    );
    expect(sql.exec("SELECT length(text) AS length FROM notes").toArray()).toEqual([
      { length: fitting.length },
    ]);
    expect(sql.databaseSize).toBeGreaterThan(0);
  });
});

it("the database keeps what production would keep, and refuses the rest before it is written", async () => {
  const db = guardDatabase(env.DB);
  await db.prepare("CREATE TABLE IF NOT EXISTS kept_notes (text TEXT)").run();
  await db.batch([db.prepare("INSERT INTO kept_notes VALUES (?)").bind(fitting)]);
  expect(() => db.prepare("INSERT INTO kept_notes VALUES (?)").bind("é".repeat(1_000_001))).toThrow(
    TooLargeToKeep,
  );
  const row = await db.prepare("SELECT count(*) AS kept FROM kept_notes").first<{ kept: number }>();
  expect(row).toEqual({ kept: 1 });
  await db.prepare("DROP TABLE kept_notes").run();
});

it("more than a hundred values in one query are refused here as they are in production", async () => {
  const marks = Array(101).fill("?").join(", ");
  const values = Array<number>(101).fill(1);
  await expect(
    env.DB.prepare(`SELECT ${marks}`)
      .bind(...values)
      .run(),
  ).rejects.toThrow("too many SQL variables");
  const stub = env.RUN_OBJECT.get(env.RUN_OBJECT.newUniqueId());
  await runInDurableObject(stub, (_instance, { storage }) => {
    expect(() => storage.sql.exec(`SELECT ${marks}`, ...values)).toThrow("too many SQL variables");
  });
});
