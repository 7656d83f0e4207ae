import { env, runInDurableObject } from "cloudflare:test";
import { expect, it } from "vitest";
import { verifies } from "../../../test/verifies.ts";
import { migrateTables } from "./object-migrations.ts";

const pets = "CREATE TABLE IF NOT EXISTS pets (name TEXT PRIMARY KEY) WITHOUT ROWID;";
const legs = "ALTER TABLE pets ADD COLUMN legs INTEGER NOT NULL DEFAULT 4;";
const owners =
  "CREATE TABLE owners (name TEXT PRIMARY KEY) WITHOUT ROWID; INSERT INTO owners SELECT name FROM pets;";

it("tables of the time before steps were counted are brought to the newest form with their rows", async () => {
  verifies("run:upgrade:stored-documents");
  await inFreshObject((sql) => {
    migrateTables(sql, "zoo", [pets]);
    sql.exec("INSERT INTO pets (name) VALUES ('Ada')");
    migrateTables(sql, "zoo", [pets, legs, owners]);
    expect(sql.exec("SELECT * FROM pets").toArray()).toEqual([{ name: "Ada", legs: 4 }]);
    expect(sql.exec("SELECT * FROM owners").toArray()).toEqual([{ name: "Ada" }]);
  });
});

it("a step is taken once, however often the object wakes up, and each part counts its own", async () => {
  await inFreshObject((sql) => {
    migrateTables(sql, "zoo", [pets, legs]);
    sql.exec("INSERT INTO pets (name, legs) VALUES ('Bo', 3)");
    migrateTables(sql, "zoo", [pets, legs]);
    migrateTables(sql, "farm", [
      "CREATE TABLE IF NOT EXISTS cows (id INTEGER);",
      "INSERT INTO cows VALUES (1);",
    ]);
    migrateTables(sql, "farm", [
      "CREATE TABLE IF NOT EXISTS cows (id INTEGER);",
      "INSERT INTO cows VALUES (1);",
    ]);
    migrateTables(sql, "zoo", [pets, legs, owners]);
    expect(sql.exec("SELECT * FROM cows").toArray()).toHaveLength(1);
    expect(sql.exec("SELECT * FROM owners").toArray()).toEqual([{ name: "Bo" }]);
  });
});

it("code that was rolled back leaves the tables of the code after it as they are", async () => {
  await inFreshObject((sql) => {
    migrateTables(sql, "zoo", [pets, legs, owners]);
    migrateTables(sql, "zoo", [pets]);
    migrateTables(sql, "zoo", [pets, legs]);
    migrateTables(sql, "zoo", [pets, legs, owners]);
    expect(sql.exec("SELECT version FROM table_versions").toArray()).toEqual([{ version: 3 }]);
  });
});

it("tables in their first form write nothing down, so that a new object pays no row for being counted", async () => {
  await inFreshObject((sql) => {
    migrateTables(sql, "zoo", [pets]);
    const tables = sql.exec("SELECT name FROM sqlite_master WHERE name = 'table_versions'").toArray();
    expect(tables).toEqual([]);
  });
});

async function inFreshObject(body: (sql: SqlStorage) => void): Promise<void> {
  const stub = env.RUN_OBJECT.get(env.RUN_OBJECT.newUniqueId());
  await runInDurableObject(stub, (_instance, { storage }) => body(storage.sql));
}
