import { env } from "cloudflare:workers";
import { Uint8ArrayReader, Uint8ArrayWriter, ZipReader } from "@zip.js/zip.js";
import { beforeEach, expect, it } from "vitest";
import { problemSchema } from "#contract/problem";
import { allScopes } from "#contract/access/access";
import { callApi, ownerToken, strangerToken } from "../../test/support/workerd/api-harness.ts";
import { strangerWorkspace } from "../../test/support/workerd/stranger.ts";
import { exportAll, importAll, outcomesOf, sendArchive } from "../../test/support/workerd/move-calls.ts";
import {
  setValue,
  sql,
  valueOf,
  workerStore,
  workspaceStore,
} from "../../test/support/workerd/store-calls.ts";
import { verifies } from "../../test/verifies.ts";
import "../platform/configure-zip.ts";

const SECRET = "sk-live-of-this-workspace-0123456789";
let stranger = "";

const workerYml = (version: string) => `schema_version: "0.3"
name: report
title: Report
version: "${version}"
exec:
  entry: run.py
  secrets: [API_KEY]
triggers:
  - type: schedule
    cron: "0 6 * * *"
  - type: webhook
`;

const ask = async (method: string, path: string, call: Parameters<typeof callApi>[2] = {}) => {
  const answer = await callApi(method, path, call);
  expect(answer.status, `${method} ${path}`).toBeLessThan(300);
  return answer;
};
const asStranger = (method: string, path: string, call: Parameters<typeof callApi>[2] = {}) =>
  ask(method, path, { ...call, token: stranger });
const pushed = (version: string, script: string) => ({ worker_yml: workerYml(version), run_py: script });

/** One of everything that moves. */
async function fillWorkspace(): Promise<void> {
  await ask("POST", "/api/workers", { json: pushed("1.0.0", "print(1)") });
  await ask("PUT", "/api/workers/report", { json: pushed("2.0.0", "print(2)") });
  await ask("PUT", "/api/workers/report", { json: pushed("3.0.0", "print(3)") });
  await ask("POST", "/api/workers/report/versions/2/activate", { json: {} });
  const webhook = { type: "webhook", name: "orders", webhook: { signature: { scheme: "github" } } };
  await ask("POST", "/api/workers/report/triggers", { json: webhook });
  await ask("POST", "/api/workers/report/triggers", {
    json: { type: "schedule", name: "often", cron: "*/5 * * * *", timezone: "Europe/Berlin", paused: true },
  });
  await ask("POST", "/api/workers/report/alerts", {
    json: { url: "https://alerts.example/hook", on: ["failed"] },
  });
  await ask("POST", "/api/secrets/API_KEY", { json: { value: SECRET } });
  await ask("PUT", "/api/templates/data", { json: { template_yml: "pip: [requests]\n" } });
  await ask("POST", "/api/contexts/prices", { json: { sensitive: false, description: "What things cost." } });
  await ask("PUT", "/api/contexts/prices/files/de/a.csv", { body: "one" });
  await ask("PUT", "/api/contexts/prices/files/de/a.csv", { body: "two" });
  await ask("POST", "/api/contexts/private-notes");
  await ask("PUT", "/api/contexts/private-notes/files/n.md", { body: "note" });
  await setValue(workspaceStore, "big", '{"n": 9007199254740993}');
  await setValue(workerStore("report"), "raw", new Uint8Array([0, 255, 10]));
  const own = workerStore("report");
  await sql(own, "execute", {
    sql: "CREATE TABLE prices (id INTEGER PRIMARY KEY, name TEXT, cents INTEGER)",
  });
  await sql(own, "execute", { sql: "CREATE INDEX prices_by_name ON prices (name)" });
  const rows = { sql: "INSERT INTO prices VALUES (1, 'a', 9007199254740993), (2, NULL, -1)" };
  await sql(own, "execute", {
    ...rows,
    sql: rows.sql.replace("9007199254740993", "CAST('9007199254740993' AS INTEGER)"),
  });
  await ask("PUT", "/api/workers/report/folder", { json: { folder: "Bookkeeping" } });
  await ask("PATCH", "/api/workspace/settings", { json: { retention_days: 30 } });
}

async function unzip(zip: Uint8Array<ArrayBuffer>): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  for (const entry of await new ZipReader(new Uint8ArrayReader(zip)).getEntries())
    if (!entry.directory) files.set(entry.filename, await entry.getData(new Uint8ArrayWriter()));
  return files;
}

beforeEach(async () => {
  stranger = await strangerToken();
});

it("another workspace has all of it after an import, by its contents", async () => {
  verifies("moves:archive:all-of-it", "moves:import:paused", "registry:folders:made-by-people");
  await fillWorkspace();
  const zip = await exportAll("?sensitive=true");
  const items = await importAll(zip, stranger);
  expect(items.filter(({ outcome }) => outcome === "refused")).toEqual([]);
  expect(outcomesOf(items)).toEqual(
    expect.arrayContaining([
      "settings retention_days: made",
      "template data: made",
      "context prices version 2: made",
      "version report version 3: made",
      "table report: prices: made",
      "trigger report/orders: made",
      "trigger report/often: made",
      "worker report: made",
      "secret API_KEY: missing",
    ]),
  );
  const webhook = items.find(({ name }) => name === "report/orders");
  expect(webhook?.secret).toMatch(/^[0-9a-f]{64}$/);
  const digests = async (token: string) => {
    const listed = (await (await ask("GET", "/api/workers/report/versions", { token })).json()) as {
      digest: string;
      active: boolean;
    }[];
    return listed.map(({ digest, active }) => [digest, active]);
  };
  expect(await digests(stranger)).toEqual(await digests(ownerToken));
  const worker: unknown = await (await asStranger("GET", "/api/workers/report")).json();
  expect(worker).toMatchObject({ paused: true, archived: false, folder: "Bookkeeping" });
  expect(await (await asStranger("GET", "/api/contexts/prices/files/de/a.csv/versions/1")).text()).toBe(
    "one",
  );
  expect(await (await asStranger("GET", "/api/contexts/prices/files/de/a.csv")).text()).toBe("two");
  expect(await valueOf({ ...workspaceStore, token: stranger }, "big")).toBe('{"n": 9007199254740993}');
  const told = await sql(workerStore("report", stranger), "query", {
    sql: "SELECT * FROM prices ORDER BY id",
  });
  expect(await told.json()).toMatchObject({
    rows: [
      [1, "a", { integer: "9007199254740993" }],
      [2, null, -1],
    ],
  });
  const settings = await (await asStranger("GET", "/api/workspace/settings")).json();
  expect(settings).toMatchObject({ retention_days: 30 });
});

it("has no secret's value in it, nor a webhook's secret, and of sensitive contexts only that they were left out", async () => {
  verifies("moves:archive:no-secrets", "moves:archive:sensitive-asked");
  await fillWorkspace();
  const hook = await ask("POST", "/api/workers/report/triggers", { json: { type: "webhook", name: "more" } });
  const { secret } = (await hook.json()) as { secret: string };
  const files = await unzip(await exportAll());
  const said = [...files].map(([path, bytes]) => `${path}\n${new TextDecoder().decode(bytes)}`).join("\n");
  for (const value of [SECRET, btoa(SECRET), secret, ownerToken]) expect(said).not.toContain(value);
  expect([...files.keys()].filter((path) => path.includes("private-notes"))).toEqual([]);
  expect(said).toContain("context private-notes");
  expect([...files.keys()].some((path) => path.startsWith("contexts/prices/files/"))).toBe(true);
});

it("the same archive once more changes nothing, and says so", async () => {
  verifies("moves:import:repeats");
  await fillWorkspace();
  const zip = await exportAll("?sensitive=true");
  await importAll(zip, stranger);
  const before = await exportAll("?sensitive=true&runs=false", stranger);
  const again = await importAll(zip, stranger);
  const changed = again.filter(
    ({ kind, outcome }) => outcome !== "there" && kind !== "worker" && kind !== "secret",
  );
  expect(changed).toEqual([]);
  const contents = async (bytes: Uint8Array<ArrayBuffer>) => {
    const files = await unzip(bytes);
    files.delete("floom-workspace.json");
    return [...files].map(([path, content]) => [path, new TextDecoder().decode(content)]);
  };
  expect(await contents(await exportAll("?sensitive=true&runs=false", stranger))).toEqual(
    await contents(before),
  );
  // Back into the workspace that it was made of: all of it is there.
  const home = await importAll(zip, ownerToken);
  expect(home.filter(({ outcome }) => outcome === "refused" || outcome === "made")).toEqual([]);
});

it("what is there under the same name stays, and is reported", async () => {
  verifies("moves:import:never-over");
  await fillWorkspace();
  const zip = await exportAll();
  await asStranger("POST", "/api/workers", { json: pushed("9.0.0", "print('mine')") });
  await asStranger("POST", "/api/contexts/prices");
  await asStranger("PUT", "/api/contexts/prices/files/mine.csv", { body: "mine" });
  await asStranger("PUT", "/api/templates/data", { json: { template_yml: "pip: [numpy]\n" } });
  await setValue({ ...workspaceStore, token: stranger }, "big", "1");
  await asStranger("PATCH", "/api/workspace/settings", { json: { retention_days: 7 } });
  const items = await importAll(zip, stranger, { live: "true" });
  expect(items.filter(({ outcome }) => outcome === "made")).toEqual([]);
  expect(items.filter(({ outcome }) => outcome === "refused").length).toBeGreaterThan(8);
  const worker: unknown = await (await asStranger("GET", "/api/workers/report")).json();
  expect(worker).toMatchObject({ version: 1, paused: false });
  expect(await valueOf({ ...workspaceStore, token: stranger }, "big")).toBe("1");
  expect((await callApi("GET", "/api/store/entry?worker=report&key=raw", { token: stranger })).status).toBe(
    404,
  );
  expect(await (await asStranger("GET", "/api/contexts/prices/files/mine.csv")).text()).toBe("mine");
});

it("a dry run says the same and leaves nothing", async () => {
  verifies("moves:import:dry-run");
  await fillWorkspace();
  const zip = await exportAll();
  const dry = await importAll(zip, stranger, { dry_run: "true" });
  expect(dry.filter(({ outcome }) => outcome === "refused")).toEqual([]);
  expect(await (await asStranger("GET", "/api/workers")).json()).toEqual([]);
  expect(await (await asStranger("GET", "/api/contexts")).json()).toEqual([]);
  expect((await env.FILES.list({ prefix: "imports/" })).objects).toEqual([]);
  const real = await importAll(zip, stranger);
  const isBeside = ({ kind }: { kind: string }) => kind === "trigger" || kind === "alert";
  expect(outcomesOf(real.filter((one) => !isBeside(one)))).toEqual(outcomesOf(dry));
});

it("an import that was cut off goes on, and ends with the same", async () => {
  verifies("moves:import:goes-on");
  await fillWorkspace();
  const zip = await exportAll();
  // As one that stopped behind the second version leaves it.
  const first = await sendArchive(zip, stranger);
  expect(first.status).toBe(200);
  const { archive } = (await first.json()) as { archive: string };
  const { results } = await env.DB.prepare("SELECT id FROM workers WHERE workspace_id = ?")
    .bind(strangerWorkspace)
    .all<{ id: string }>();
  await env.DB.batch([
    env.DB.prepare("DELETE FROM versions WHERE worker_id = ? AND number = 3").bind(results[0]?.id),
    env.DB.prepare("DELETE FROM activations WHERE worker_id = ?").bind(results[0]?.id),
    env.DB.prepare("UPDATE workers SET active_version = 2, latest_version = 2 WHERE id = ?").bind(
      results[0]?.id,
    ),
  ]);
  const items = await importAll(zip, stranger, { live: "true" });
  expect(outcomesOf(items)).toEqual(
    expect.arrayContaining([
      "version report version 2: there",
      "version report version 3: made",
      "worker report: made",
    ]),
  );
  const worker: unknown = await (await asStranger("GET", "/api/workers/report")).json();
  expect(worker).toMatchObject({ paused: false, version: 2 });
  // The archive was let go at the end of the import.
  const late = await callApi("POST", `/api/workspace/import/${archive}/continue?from=0`, { token: stranger });
  expect([late.status, problemSchema.parse(await late.json()).code]).toEqual([404, "import_replaced"]);
});

it("a token without the scope for a part can take nothing away and put nothing in", async () => {
  verifies("moves:archive:every-scope");
  const zip = await exportAll();
  for (const scope of ["secrets:read", "store:read", "contexts:read", "runs:read"]) {
    const token = await strangerToken(allScopes.filter((one) => one !== scope));
    const refused = await callApi("GET", "/api/workspace/export", { token });
    expect([scope, refused.status]).toEqual([scope, 403]);
  }
  for (const scope of ["workers:write", "store:write", "contexts:write"]) {
    const token = await strangerToken(allScopes.filter((one) => one !== scope));
    expect([scope, (await sendArchive(zip, token)).status]).toEqual([scope, 403]);
  }
  const other = (await (await sendArchive(zip, ownerToken)).json()) as { archive: string };
  const path = `/api/workspace/import/${other.archive}/continue?from=0`;
  expect((await callApi("POST", path, { token: stranger })).status).toBe(404);
});
