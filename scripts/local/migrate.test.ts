import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { afterEach, beforeEach, expect, it } from "vitest";
import { migrate, splitStatements } from "./migrate.ts";

let folder: string;
let miniflare: Miniflare;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "floom-migrate-"));
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

afterEach(async () => {
  await miniflare.dispose();
  rmSync(folder, { recursive: true, force: true });
});

it("applies what is new in the order of the names, and nothing twice", async () => {
  const db = await miniflare.getD1Database("DB");
  writeFileSync(
    join(folder, "0000_a.sql"),
    "CREATE TABLE a (n INTEGER);\n--> statement-breakpoint\nINSERT INTO a VALUES (1);",
  );
  expect(await migrate(db, folder)).toEqual(["0000_a.sql"]);
  writeFileSync(join(folder, "0001_b.sql"), "INSERT INTO a VALUES (2);");
  expect(await migrate(db, folder)).toEqual(["0001_b.sql"]);
  expect(await migrate(db, folder)).toEqual([]);
  expect((await db.prepare("SELECT n FROM a ORDER BY n").all()).results).toEqual([{ n: 1 }, { n: 2 }]);
});

it("a migration that fails leaves nothing behind and is tried again", async () => {
  const db = await miniflare.getD1Database("DB");
  const file = join(folder, "0000_a.sql");
  writeFileSync(
    file,
    "CREATE TABLE a (n INTEGER);\n--> statement-breakpoint\nINSERT INTO missing VALUES (1);",
  );
  await expect(migrate(db, folder)).rejects.toThrow(/missing/);
  writeFileSync(file, "CREATE TABLE a (n INTEGER);");
  expect(await migrate(db, folder)).toEqual(["0000_a.sql"]);
});

it("splits a file at drizzle's breakpoints", () => {
  expect(splitStatements("A;\n--> statement-breakpoint\nB;\n--> statement-breakpoint\n")).toEqual([
    "A;",
    "B;",
  ]);
});
