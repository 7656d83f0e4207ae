import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { parseSync, Visitor } from "oxc-parser";
import { expect, it } from "vitest";
import { isTestFile, readSources } from "../../scripts/house/source-tree.ts";
import rows from "../fixtures/documents/v0.1.0-rows.json" with { type: "json" };
import tables from "../fixtures/documents/v0.1.0-worker-object.json" with { type: "json" };

const LOADER = "worker/platform/objects/stored-document.ts";
const STEPS = "worker/platform/objects/object-migrations.ts";
const INVENTORY = "docs/explanation/storage.md";

const edge = readSources().filter((file) => file.path.startsWith("worker/") && !isTestFile(file.path));

/** Who parses JSON that was not stored by us: what came over a wire a moment ago. */
const fromOutside: Record<string, string> = {
  "worker/mcp/cards/card-script.ts":
    "a program for browsers: what its page was sent with, and what a person writes",
  "worker/oauth/client-document.ts": "what a client says of itself",
  "worker/oauth/oauth-route.ts": "what the library that lets clients in answers",
  "worker/access/run-token.ts": "a token that its bearer sent",
  "worker/alerts/listeners/send-occurrence.ts": "what an address answers to a challenge",
  "worker/contexts/judge-learnings.ts": "lines that a person or a script adds to a memory",
  "worker/accounts/sign-in-service.ts": "what the library that signs people in answers",
  "worker/registry/bundle/names-packages.ts": "package.json as its author wrote it",
  "worker/shares/turnstile-service.ts": "what the service that tells people from programs answers",
  "worker/registry/javascript/infer-javascript.ts": "a default in a comment as its author wrote it",
  "worker/runs/read/follow.ts": "messages of a run's object to its followers",
};

/** Every form that something is stored in: its name, and how many there have been. */
function findForms(): { name: string; version: number }[] {
  const found: { name: string; version: number }[] = [];
  for (const { path, text } of edge) {
    if (path === LOADER) continue;
    const visitor = new Visitor({
      CallExpression({ callee, arguments: [name, , steps] }) {
        if (callee.type !== "Identifier" || !/^define(?:Document|Unmarked)$/.test(callee.name)) return;
        const count = steps?.type === "ArrayExpression" ? steps.elements.length : 0;
        found.push({ name: name?.type === "Literal" ? String(name.value) : path, version: count + 1 });
      },
    });
    visitor.visit(parseSync(path, text).program);
  }
  return found;
}

/** The rows of the inventory: form and version. */
function readInventory(): { name: string; version: number }[] {
  const [, table = ""] = readFileSync(INVENTORY, "utf8").split("<!-- forms -->");
  return [...table.matchAll(/^\| ([^|]+?) +\|[^|]*\| (\d+) +\|$/gm)].map(([, name = "", version]) => ({
    name,
    version: Number(version),
  }));
}

it("what was stored is parsed in one place, by a form with a name", () => {
  const strays = edge
    .filter(
      ({ path, text }) =>
        path !== LOADER && /\bJSON\.parse\(|\.json(?:<[^>]*>)?\(\)(?!\.)/.test(withoutZod(text)),
    )
    .map(({ path }) => path)
    .filter((path) => !(path in fromOutside));
  expect(strays, `These parse JSON past ${LOADER}: define a form, or say here where it comes from.`).toEqual(
    [],
  );
  const gone = Object.keys(fromOutside).filter((path) => !edge.some((file) => file.path === path));
  expect(gone).toEqual([]);
});

/** The schema of any JSON is spelled like the body of a response. */
function withoutZod(text: string): string {
  return text.replaceAll("z.json()", "");
}

it("what comes from a column of JSON or an entry of an object is nothing before a form has read it", () => {
  const cast = edge.filter(({ text }) => /mode: "json" \}\)(?!\.\$type<unknown>\(\))/.test(text));
  expect(
    cast.map(({ path }) => path),
    "A column of JSON is unknown: $type<unknown>().",
  ).toEqual([]);
  const typed = edge.filter(({ text }) => /\bkv\.(?:get|list)</.test(text));
  expect(
    typed.map(({ path }) => path),
    "An entry of an object's storage is unknown.",
  ).toEqual([]);
  const formless = edge.filter(
    ({ text }) => /\bkv\.(?:get|list)\(/.test(text) && !/(?:Document|Form)\.read\(/.test(text),
  );
  expect(formless.map(({ path }) => path)).toEqual([]);
});

it("every form is in the inventory of what is stored, with its newest version", () => {
  const forms = findForms();
  const byName = (a: { name: string }, b: { name: string }) => a.name.localeCompare(b.name);
  expect(readInventory().toSorted(byName), INVENTORY).toEqual(forms.toSorted(byName));
  expect(new Set(forms.map(({ name }) => name)).size).toBe(forms.length);
});

/** Whose tables are no object's own. */
const ofPeople: Record<string, string> = {
  "worker/store/import-store.ts": "tables that people have made, as they come from another store",
};

it("a table of an object is made and changed by numbered steps alone", () => {
  const makes = /\b(?:CREATE|ALTER|DROP) (?:TABLE|INDEX)\b/;
  const strays = edge.filter(
    ({ path, text }) =>
      path !== STEPS && !(path in ofPeople) && makes.test(text) && !/\bmigrateTables\(/.test(text),
  );
  expect(strays.map(({ path }) => path)).toEqual([]);
});

it("the first step of each part makes the tables of version 0.1.0 as they were", () => {
  const spaces = (text: string) => text.replaceAll(/\s+/g, " ");
  const sources = edge.map(({ text }) => spaces(text)).join("\n");
  for (const { sql } of tables)
    expect(sources).toContain(`${spaces(sql).replace("CREATE TABLE", "CREATE TABLE IF NOT EXISTS")};`);
});

it("a migration that was published is never changed", () => {
  for (const [name, digest] of Object.entries(rows.migrations)) {
    const text = readFileSync(`migrations/${name}`);
    expect(createHash("sha256").update(text).digest("hex"), name).toBe(digest);
  }
});

it("every table of the database has its row where storage is explained", () => {
  const [, tables = ""] = readFileSync(INVENTORY, "utf8").split("## D1");
  const named = new Set([...tables.matchAll(/^\| `(\w+)`/gm)].map(([, name = ""]) => name));
  const made = edge
    .filter(({ path }) => path.startsWith("worker/platform/db/schema/"))
    .flatMap(({ text }) => [...text.matchAll(/sqliteTable\(\s*"(\w+)"/g)].map(([, name = ""]) => name));
  expect(made.length).toBeGreaterThan(0);
  expect(made.filter((name) => !named.has(name))).toEqual([]);
});
