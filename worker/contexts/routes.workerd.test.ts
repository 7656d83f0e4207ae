import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import * as z from "zod";
import {
  contextChangeSchema,
  contextDetailSchema,
  contextSummarySchema,
  contextVersionDetailSchema,
  contextVersionSchema,
  fileVersionSchema,
  secretScanSchema,
} from "#contract/contexts/context-bundle";
import { problemSchema } from "#contract/problem";
import { callApi, strangerToken } from "../../test/support/workerd/api-harness.ts";
import { rawZip, stored } from "../../test/support/raw-zip.ts";
import { verifies } from "../../test/verifies.ts";

type Call = Parameters<typeof callApi>[2];
const ask = (method: string, path: string, call?: Call) => callApi(method, `/api/contexts/${path}`, call);
const problemOf = async (answer: Response) => problemSchema.parse(await answer.json());
const make = async (name: string, json: object = {}) =>
  contextSummarySchema.parse(await (await ask("POST", name, { json })).json());
const put = (name: string, path: string, body: string, query = "") =>
  ask("PUT", `${name}/files/${path}${query}`, { body });
const changed = async (answer: Response) => contextChangeSchema.parse(await answer.json());
const detail = async (name: string) => contextDetailSchema.parse(await (await ask("GET", name)).json());
const read = async (path: string) => (await ask("GET", path)).text();
const versions = async (name: string) =>
  z.array(contextVersionSchema).parse(await (await ask("GET", `${name}/versions`)).json());
const upload = (name: string, files: Record<string, string>, query = "") =>
  ask("POST", `${name}/upload${query}`, {
    headers: { "content-type": "application/zip" },
    body: rawZip(Object.entries(files).map(([path, text]) => stored(path, Buffer.from(text)))),
  });

it("every change is a version, and an earlier one stays as it was", async () => {
  verifies("contexts:files:versioned");
  expect(await make("notes")).toMatchObject({ version: 0, digest: null, sensitive: true, writeable: false });
  await put("notes", "guide/a.md", "first");
  await put("notes", "guide/a.md", "second");
  await put("notes", "b.md", "other");
  await ask("DELETE", "notes/files/guide/a.md");
  const [newest, third, second, first] = await versions("notes");
  expect([newest, third, second, first].map((one) => [one?.version, one?.message, one?.file_count])).toEqual([
    [4, "delete guide/a.md", 1],
    [3, "write b.md", 2],
    [2, "write guide/a.md", 1],
    [1, "write guide/a.md", 1],
  ]);
  expect(await read("notes/files/guide/a.md/versions/1")).toBe("first");
  expect(await read("notes/files/guide/a.md?version=2")).toBe("second");
  expect((await ask("GET", "notes/files/guide/a.md")).status).toBe(404);
  const at = contextVersionDetailSchema.parse(await (await ask("GET", "notes/versions/3")).json());
  expect(at.files.map(({ path, version }) => [path, version])).toEqual([
    ["b.md", 3],
    ["guide/a.md", 2],
  ]);
  const byDigest = await ask("GET", `notes/versions/${third?.sha.slice(0, 9)}`);
  expect(contextVersionDetailSchema.parse(await byDigest.json()).version).toBe(3);
});

it("the same content is kept once, and writing it again changes nothing", async () => {
  verifies("contexts:files:same-content-once");
  const { id } = await make("same");
  await put("same", "a.txt", "one content");
  await put("same", "b.txt", "one content");
  const again = await changed(await put("same", "b.txt", "one content"));
  expect([again.changed, again.context.version]).toEqual([[], 2]);
  const listed = await env.FILES.list({ prefix: "contexts/" });
  expect(listed.objects.filter(({ key }) => key.includes(`/${id}/files/`))).toHaveLength(1);
});

it("a file and a context come back as they were, as a new version", async () => {
  verifies("contexts:history:restore");
  await make("back");
  await put("back", "a.md", "one");
  await put("back", "a.md", "two");
  await put("back", "extra.md", "more");
  const [before] = await versions("back");
  const restored = await changed(await ask("POST", "back/files/a.md/restore/1"));
  expect([restored.changed, restored.context.version]).toEqual([["a.md"], 4]);
  const rolled = await changed(await ask("POST", "back/rollback/1"));
  expect([rolled.changed, rolled.context.file_count]).toEqual([["extra.md"], 1]);
  expect((await versions("back")).map(({ restored_from }) => restored_from)).toEqual([
    1,
    1,
    null,
    null,
    null,
  ]);
  const to = await changed(await ask("POST", `back/rollback/${before?.sha.slice(0, 12)}`));
  expect([to.context.digest, await read("back/files/a.md")]).toEqual([before?.sha, "two"]);
  const history = await (await ask("GET", "back/files/extra.md/versions")).json();
  expect(z.array(fileVersionSchema).parse(history)).toMatchObject([
    { version: 6, size_bytes: 4 },
    { version: 5, sha: null },
    { version: 3, size_bytes: 4 },
  ]);
});

it("changes at the same time are all made, and one from an older version is refused", async () => {
  verifies("contexts:change:no-lost-update");
  await make("busy");
  const answers = await Promise.all(
    Array.from({ length: 6 }, (_, n) => put("busy", `f${n}.txt`, `content ${n}`)),
  );
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 6 }, () => 200));
  const all = await detail("busy");
  expect([all.version, all.files.length]).toEqual([6, 6]);
  const late = await put("busy", "f1.txt", "from long ago", "?base=3");
  expect((await problemOf(late)).code).toBe("context_changed");
  expect(await read("busy/files/f1.txt")).toBe("content 1");
  expect((await put("busy", "f1.txt", "from now", "?base=6")).status).toBe(200);
});

it("a folder is put in as one version, and mirrored where that is asked for", async () => {
  await make("folder");
  await put("folder", "old.md", "old");
  const first = await changed(await upload("folder", { "a.md": "a", "deep/er/b.md": "b" }));
  expect([first.changed, first.context.version]).toEqual([["a.md", "deep/er/b.md"], 2]);
  const second = await changed(await upload("folder", { "a.md": "a" }, "?mirror=true"));
  expect([second.changed, second.context.file_count]).toEqual([["deep/er/b.md", "old.md"], 1]);
  const moved = await ask("POST", "folder/move", { json: { from: "a.md", to: "x/y.md" } });
  expect((await changed(moved)).changed).toEqual(["a.md", "x/y.md"]);
  const taken = await put("folder", "x", "a file where a folder is");
  expect(await problemOf(taken)).toMatchObject({ code: "invalid_context", errors: [{ code: "path_clash" }] });
  const archive = new Uint8Array(await (await ask("GET", "folder/archive.zip")).arrayBuffer());
  expect(new TextDecoder().decode(archive)).toContain("x/y.md");
});

it("what looks like a secret is refused with its place and never repeated, until somebody allows it", async () => {
  verifies("contexts:secrets:found");
  const key = `AKIA${"Q".repeat(16)}`;
  await make("leaky");
  const refused = await put("leaky", "notes.md", `fine\nkey: ${key}\n`);
  const text = await refused.text();
  expect(JSON.parse(text)).toMatchObject({
    status: 422,
    code: "context_secret_found",
    errors: [{ file: "notes.md", line: 2, detail: "Line 2 looks like an AWS access key." }],
  });
  expect(text).not.toContain(key);
  const folder = await problemOf(await upload("leaky", { ".env": "A=1", "ok.md": "fine" }));
  expect(folder.errors?.map(({ file }) => file)).toEqual([".env"]);
  expect((await detail("leaky")).files).toEqual([]);
  expect((await put("leaky", "notes.md", `fine\nkey: ${key}\n`, "?allow=true")).status).toBe(200);
  expect((await detail("leaky")).files).toMatchObject([{ has_secret_warning: true }]);
  const scan = await (await ask("GET", "leaky/secret-scan")).text();
  expect(secretScanSchema.parse(JSON.parse(scan)).findings).toMatchObject([{ path: "notes.md", line: 2 }]);
  expect(scan).not.toContain(key);
});

it("a private context is not there for others of the workspace", async () => {
  verifies("contexts:private:hidden");
  const maker = await strangerToken();
  const asMaker = { token: maker };
  await ask("POST", "mine", { ...asMaker, json: { visibility: "private" } });
  expect((await ask("GET", "mine", asMaker)).status).toBe(200);
  expect((await ask("GET", "mine")).status).toBe(404);
  const other = { token: await strangerToken(["contexts:read", "contexts:write"]) };
  const missing = await (await ask("GET", "none-of-this-name", other)).json();
  expect(await (await ask("GET", "mine", other)).json()).toMatchObject({
    ...problemSchema.pick({ code: true, detail: true, status: true }).parse(missing),
  });
  expect(await (await ask("GET", "", other)).text()).not.toContain("mine");
  for (const [method, path] of [
    ["DELETE", "mine"],
    ["POST", "mine/rollback/1"],
    ["GET", "mine/archive.zip"],
    ["GET", "mine/files/a.md"],
  ] as const)
    expect([path, (await ask(method, path, other)).status]).toEqual([path, 404]);
  await ask("PUT", "mine/visibility", { ...asMaker, json: { visibility: "workspace" } });
  expect((await ask("GET", "mine", other)).status).toBe(200);
});

it("no path and no zip puts a file anywhere else, or unpacks more than it may", async () => {
  verifies("contexts:names:safe");
  const { id } = await make("paths");
  const bad = [
    "..%2Fescape",
    "%2Fetc%2Fpasswd",
    "a%2F..%2Fb",
    "C:%2Fx",
    "a%5Cb",
    "con.txt",
    ".git%2Fconfig",
    "a%00b",
  ];
  for (const path of bad) {
    const answer = await put("paths", path, "x");
    expect([path, answer.status < 500 && answer.status >= 400]).toEqual([path, true]);
  }
  for (const files of [
    { "../out.md": "x" },
    { "/abs.md": "x" },
    { "A.md": "x", "a.md": "y" },
    { a: "x", "a/b": "y" },
  ])
    expect((await problemOf(await upload("paths", files))).code).toBe("invalid_context");
  const link = rawZip([stored("link", Buffer.from("/etc/passwd"))]);
  link.writeUInt32LE(0o120_777 * 0x1_0000, link.indexOf(Buffer.from("PK\u0001\u0002", "latin1")) + 38);
  const zip = { headers: { "content-type": "application/zip" } };
  const linked = await problemOf(await ask("POST", "paths/upload", { ...zip, body: link }));
  expect(linked.errors).toMatchObject([{ code: "symlink" }]);
  const lie = rawZip([{ ...stored("big.txt", Buffer.alloc(2_000_000)), size: 10 }]);
  expect((await problemOf(await ask("POST", "paths/upload", { ...zip, body: lie }))).code).toBe(
    "invalid_context",
  );
  expect((await problemOf(await ask("POST", "paths/upload", { ...zip, body: "no zip" }))).code).toBe(
    "invalid_context",
  );
  expect((await detail("paths")).files).toEqual([]);
  const listed = await env.FILES.list({ prefix: "contexts/" });
  expect(listed.objects.filter(({ key }) => key.includes(id))).toEqual([]);
});

it("a file is answered to be saved, and not shown", async () => {
  await make("shown");
  await put("shown", "page.html", "<script>alert(1)</script>");
  const { headers } = await ask("GET", "shown/files/page.html");
  expect(headers.get("content-type")).toBe("application/octet-stream");
  expect(headers.get("content-disposition")).toContain("attachment");
});

it("a memory's learnings are only added to", async () => {
  verifies("contexts:memory:only-grows");
  const line = (learning: string) =>
    `${JSON.stringify({ created_at: "2026-03-02T09:00:00.000Z", learning })}\n`;
  await make("memory", { kind: "memory", writeable: true });
  expect((await put("memory", "learnings.jsonl", line("one"))).status).toBe(200);
  expect((await put("memory", "learnings.jsonl", line("one") + line("two"))).status).toBe(200);
  for (const text of [line("two"), `${line("one")}${line("two")}no json\n`, ""])
    expect((await problemOf(await put("memory", "learnings.jsonl", text))).code).toBe("invalid_context");
  expect((await ask("DELETE", "memory/files/learnings.jsonl")).status).toBe(422);
  const away = { json: { from: "learnings.jsonl", to: "gone.jsonl" } };
  expect((await ask("POST", "memory/move", away)).status).toBe(422);
  await put("memory", "MEMORY.md", "of others");
  expect((await changed(await ask("POST", "memory/rollback/1"))).changed).toEqual(["MEMORY.md"]);
  expect(await read("memory/files/learnings.jsonl")).toBe(line("one") + line("two"));
});

it("a context is renamed, described and deleted, and then nothing of it is left", async () => {
  verifies("contexts:deleted:nothing-left");
  const { id } = await make("old-name");
  await make("taken");
  await put("old-name", "a.md", "x");
  expect((await problemOf(await ask("POST", "old-name"))).code).toBe("context_exists");
  const taken = await ask("POST", "old-name/rename", { json: { name: "taken" } });
  expect((await problemOf(taken)).code).toBe("context_exists");
  await ask("POST", "old-name/rename", { json: { name: "new-name" } });
  await ask("PUT", "new-name/category", { json: { category: "Sales" } });
  await ask("PUT", "new-name/writeable", { json: { writeable: true } });
  const set = await ask("PUT", "new-name/sensitive", { json: { sensitive: false } });
  expect(await set.json()).toMatchObject({
    category: "Sales",
    sensitive: false,
    writeable: true,
    version: 1,
  });
  expect((await ask("GET", "old-name")).status).toBe(404);
  expect((await ask("DELETE", "new-name")).status).toBe(204);
  const listed = await env.FILES.list({ prefix: "contexts/" });
  expect(listed.objects.filter(({ key }) => key.includes(id))).toEqual([]);
  for (const table of ["context_files", "context_versions"]) {
    const rows = await env.DB.prepare(`SELECT * FROM ${table} WHERE context_id = ?`).bind(id).all();
    expect([table, rows.results]).toEqual([table, []]);
  }
});
