import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { afterEach, beforeEach, expect, it } from "vitest";
import { migrate, splitStatements } from "./migrate.ts";

let miniflare: Miniflare;

beforeEach(() => {
  miniflare = new Miniflare(
    convertV4MiniflareOptions({
      cf: false,
      telemetry: { enabled: false },
      modules: true,
      script: "export default { fetch: () => new Response() };",
      d1Databases: ["DB"],
    }),
  );
});

afterEach(() => miniflare.dispose());

it("applies what is new in the order of the names, and nothing twice", async () => {
  const db = await miniflare.getD1Database("DB");
  const first = {
    name: "0000_a.sql",
    sql: "CREATE TABLE a (n INTEGER);\n--> statement-breakpoint\nINSERT INTO a VALUES (1);",
  };
  const second = { name: "0001_b.sql", sql: "INSERT INTO a VALUES (2);" };
  expect(await migrate(db, [first])).toEqual(["0000_a.sql"]);
  expect(await migrate(db, [second, first])).toEqual(["0001_b.sql"]);
  expect(await migrate(db, [second, first])).toEqual([]);
  expect((await db.prepare("SELECT n FROM a ORDER BY n").all()).results).toEqual([{ n: 1 }, { n: 2 }]);
});

it("a migration that fails leaves nothing behind and is tried again", async () => {
  const db = await miniflare.getD1Database("DB");
  const broken = "CREATE TABLE a (n INTEGER);\n--> statement-breakpoint\nINSERT INTO missing VALUES (1);";
  await expect(migrate(db, [{ name: "0000_a.sql", sql: broken }])).rejects.toThrow(/missing/);
  const mended = { name: "0000_a.sql", sql: "CREATE TABLE a (n INTEGER);" };
  expect(await migrate(db, [mended])).toEqual(["0000_a.sql"]);
});

it("splits a file at drizzle's breakpoints", () => {
  expect(splitStatements("A;\n--> statement-breakpoint\nB;\n--> statement-breakpoint\n")).toEqual([
    "A;",
    "B;",
  ]);
});
