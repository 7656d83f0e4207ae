import { env } from "cloudflare:workers";
import { deflateRawSync } from "node:zlib";
import { expect, it } from "vitest";
import { problemSchema } from "#contract/problem";
import type { ImportItem } from "#contract/moves/move";
import { deflated, rawZip } from "../../test/support/raw-zip.ts";
import type { RawEntry } from "../../test/support/raw-zip.ts";
import { callApi, strangerToken } from "../../test/support/workerd/api-harness.ts";
import { strangerWorkspace } from "../../test/support/workerd/stranger.ts";
import { importAll, sendArchive } from "../../test/support/workerd/move-calls.ts";
import { verifies } from "../../test/verifies.ts";

const digest = "0".repeat(64);
const archive = {
  schema: 1,
  kind: "floom.workspace",
  exported_at: "2026-01-01T00:00:00.000Z",
  workspace: { id: "wsp_1", name: "Elsewhere" },
  settings: { retention_days: 90 },
  members: [],
  templates: [],
  contexts: [],
  workers: [],
  stores: [],
  secrets: [],
  left_out: [],
  runs: 0,
};
const json = (name: string, document: unknown) => deflated(name, Buffer.from(JSON.stringify(document)));
const pack = (entries: readonly RawEntry[]) => Uint8Array.from(rawZip(entries));
const withArchive = (change: object, entries: readonly RawEntry[] = []) =>
  pack([json("floom-workspace.json", { ...archive, ...change }), ...entries]);
const context = (files: object[], name = "c") =>
  json(`contexts/${name}/context.json`, {
    schema: 1,
    name,
    kind: "files",
    description: "",
    category: null,
    visibility: "workspace",
    sensitive: false,
    writeable: false,
    files,
    versions: [
      {
        number: 1,
        digest,
        message: "m",
        created_at: archive.exported_at,
      },
    ],
  });
const file = (path: string, size = 1) => ({ path, sha256: digest, size, since: 1, until: null });
const bomb: RawEntry = {
  name: `contexts/c/files/${digest}`,
  data: deflateRawSync(Buffer.alloc(64 * 1024 * 1024)),
  method: 8,
  crc: 0,
  size: 1,
};
const oneContext = { contexts: [{ name: "c", versions: [1] }] };

const said = (items: readonly ImportItem[], kind: string) => items.filter((one) => one.kind === kind);

it.each([
  ["no zip", Uint8Array.from(Buffer.from("not a zip"))],
  ["an empty body", new Uint8Array()],
  ["a zip without a list", pack([json("other.json", {})])],
  ["a list of another kind", withArchive({ kind: "something.else" })],
  ["a list of a later form", withArchive({ schema: 99 })],
  ["a list twice", pack([json("floom-workspace.json", archive), json("floom-workspace.json", archive)])],
  ["a cut archive", withArchive({}, [json("runs.ndjson", {})]).subarray(0, -30)],
])("%s is refused as no archive", async (_, zip) => {
  verifies("moves:import:hostile");
  const refused = await sendArchive(zip, await strangerToken());
  expect([refused.status, problemSchema.parse(await refused.json()).code]).toEqual([422, "invalid_archive"]);
});

it("a file that inflates beyond what it says, or leads out of its context, leaves no version of it", async () => {
  verifies("moves:import:hostile");
  const token = await strangerToken();
  for (const [path, content] of [
    ["a.txt", bomb],
    ["../../escape.txt", deflated(`contexts/c/files/${digest}`, Buffer.from("x"))],
    ["/etc/passwd", deflated(`contexts/c/files/${digest}`, Buffer.from("x"))],
    ["a.txt", deflated(`contexts/c/files/${digest}`, Buffer.from("longer than it says"))],
  ] as const) {
    const items = await importAll(withArchive(oneContext, [context([file(path)]), content]), token);
    expect(said(items, "context").map(({ outcome }) => outcome)[1], path).toBe("refused");
  }
  const detail: unknown = await (await callApi("GET", "/api/contexts/c", { token })).json();
  expect(detail).toMatchObject({ version: 0, files: [] });
  const { objects } = await env.FILES.list();
  expect(
    objects.map(({ key }) => key).filter((key) => !key.startsWith(`contexts/${strangerWorkspace}/`)),
  ).toEqual([]);
});

it("what is missing, named wrongly or forged is refused, and what stands beside it is taken over", async () => {
  verifies("moves:import:hostile");
  const token = await strangerToken();
  const yml = `schema_version: "0.3"\nname: other\ntitle: T\nversion: "1.0.0"\nexec:\n  entry: run.py\n`;
  const bundle = rawZip([
    deflated("worker.yml", Buffer.from(yml)),
    deflated("run.py", Buffer.from("print(1)")),
  ]);
  const worker = (name: string) =>
    json(`workers/${name}/worker.json`, {
      schema: 1,
      name,
      active_version: 1,
      paused: false,
      archived: false,
      archive_reason: null,
      visibility: "workspace",
      triggers: [],
      alerts: [],
      versions: [
        {
          number: 1,
          digest,
          created_at: archive.exported_at,
        },
      ],
    });
  const names = ["forged", "other", "gone", "../up"];
  const zip = withArchive(
    {
      workers: names.map((name) => ({ name, versions: [1] })),
      stores: [
        { worker: null, tables: [{ name: "t", sql: "ATTACH DATABASE 'x' AS y", indexes: [] }] },
        { worker: "nobody", tables: [] },
      ],
      templates: [{ name: "Not A Name", spec: { pip: [], apt: [], npm: [], env: {} } }],
    },
    [
      ...["forged", "other"].flatMap((name) => [
        worker(name),
        deflated(`workers/${name}/versions/1.zip`, bundle),
      ]),
      deflated(
        "stores/0/keys.ndjson",
        Buffer.from(
          '{"key":"k","kind":"json","updated_at":"2026-01-01T00:00:00.000Z","expires_at":null,"value":1}\n',
        ),
      ),
      deflated("stores/0/tables/0.ndjson", Buffer.from('{"table":"t","row":{"a":1}}\n')),
    ],
  );
  const items = await importAll(zip, token);
  for (const kind of ["version", "worker", "table", "template"])
    expect(new Set(said(items, kind).map(({ outcome }) => outcome)), kind).toEqual(new Set(["refused"]));
  expect(said(items, "keys").map(({ outcome }) => outcome)).toEqual(["made"]);
  expect(await (await callApi("GET", "/api/workers", { token })).json()).toEqual([]);
  expect(await (await callApi("GET", "/api/store/entry?key=k", { token })).text()).toBe("1");
});

it("an archive beyond its limit is refused while it comes, and nothing of it is kept", async () => {
  verifies("moves:import:hostile");
  const chunk = new Uint8Array(1024 * 1024);
  let sent = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => (sent++ < 120 ? controller.enqueue(chunk) : controller.close()),
  });
  const refused = await callApi("POST", "/api/workspace/import", {
    token: await strangerToken(),
    body: endless,
    headers: { "content-type": "application/zip" },
  });
  expect([refused.status, problemSchema.parse(await refused.json()).code]).toEqual([413, "body_too_large"]);
  expect((await env.FILES.list({ prefix: "imports/" })).objects).toEqual([]);
});
