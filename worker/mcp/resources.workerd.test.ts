import { expect, it } from "vitest";
import type { JournalEntry } from "#contract/runner/runner";
import { runDetailSchema } from "#contract/runs/run";
import { callApi, runTokenOf, seedWorker, strangerToken } from "../../test/support/workerd/api-harness.ts";
import { logEntry, resultEntry } from "../../test/support/workerd/engine-harness.ts";
import { toJournal } from "../../test/support/workerd/fake-driver.ts";
import { callTool, openMcp, openOlderMcp } from "../../test/support/workerd/mcp-client.ts";
import { seedMember } from "../../test/support/workerd/people.ts";
import { sha256Hex } from "../platform/crypto.ts";

const adder = "def add(a: int) -> int:\n    '''Adds.'''\n    return a\n";
type Client = Awaited<ReturnType<typeof openMcp>>;

const readOne = async (client: Pick<Client, "readResource">, uri: string) =>
  (await client.readResource({ uri })).contents[0];

async function readText(client: Client, uri: string): Promise<string> {
  const content = await readOne(client, uri);
  return content !== undefined && "text" in content ? content.text : "";
}

/** A run that has printed a line, left two files and ended. */
async function endedRun(client: Client): Promise<string> {
  await seedWorker("maker");
  const id = String((await callTool(client, "run_start", { worker: "maker", wait: 0 })).said["run_id"]);
  const read = async () => runDetailSchema.parse(await (await callApi("GET", `/api/runs/${id}`)).json());
  await expect.poll(async () => (await read()).attempt).toBe(1);
  const token = await runTokenOf(id);
  const entries: JournalEntry[] = [logEntry("half way")];
  for (const [path, body] of [
    ["out/a b.md", new TextEncoder().encode("# Täglich")],
    ["out/dot.bin", new Uint8Array([0, 255, 1])],
  ] as const) {
    const sha256 = await sha256Hex(body);
    const where = `/api/runs/${id}/runner/files?attempt=1&path=${encodeURIComponent(path)}&sha256=${sha256}`;
    const headers = { "content-type": "application/octet-stream" };
    expect((await callApi("PUT", where, { token, body, headers })).status).toBeLessThan(300);
    const media_type = path.endsWith(".md") ? "text/markdown" : "application/octet-stream";
    const facts = { name: path, path, media_type, size_bytes: body.byteLength, sha256 };
    entries.push({ type: "file", at: Date.now(), kind: "artifact", ...facts });
  }
  entries.push(resultEntry());
  const posted = await callApi("POST", `/api/runs/${id}/runner/journal?attempt=1&offset=0`, {
    token,
    headers: { "content-type": "application/x-ndjson" },
    body: toJournal(entries) as BodyInit,
  });
  expect(posted.status).toBe(200);
  return id;
}

it("clients of both eras list and read what there is: how to write a worker, its files, contexts", async () => {
  const client = await openMcp();
  await callTool(client, "worker_deploy", { code: adder, name: "adder" });
  await callApi("POST", "/api/contexts/prices");
  await callApi("PUT", "/api/contexts/prices/files/de/a%20b.csv", { body: "one,1" });
  const expected = ["floom://docs/authoring", "floom://workers/adder/files", "workspace:///prices"];
  const older = await openMcp({ isOlder: true });
  const oldest = await openOlderMcp();
  for (const one of [client, older, oldest]) {
    const { resources } = await one.listResources();
    expect(resources.map(({ uri }) => uri)).toEqual(expected);
    const { resourceTemplates } = await one.listResourceTemplates();
    expect(resourceTemplates).toHaveLength(6);
    const read = await one.readResource({ uri: "floom://workers/adder/files/app.py" });
    expect(read.contents).toMatchObject([{ text: adder, mimeType: "text/plain" }]);
  }
  expect(await readText(client, "floom://docs/authoring")).toContain("worker_deploy");
  const files: unknown = JSON.parse(await readText(client, "workspace:///prices"));
  const uri = "workspace:///prices/de/a%20b.csv";
  expect(files).toMatchObject({ files: [{ path: "de/a b.csv", size_bytes: 5, uri }] });
  expect(await readText(client, uri)).toBe("one,1");
});

it("a run is read with its log and its files: text as text, all else as bytes", async () => {
  const client = await openMcp();
  const id = await endedRun(client);
  const { resources } = await client.listResources();
  expect(resources.map(({ uri }) => uri)).toContain(`floom://runs/${id}`);
  const run = await readText(client, `floom://runs/${id}`);
  expect(JSON.parse(run)).toMatchObject({
    status: "completed",
    log: `floom://runs/${id}/log`,
    artifacts: [
      { uri: `floom://runs/${id}/files/out/a%20b.md` },
      { uri: `floom://runs/${id}/files/out/dot.bin` },
    ],
  });
  expect(await readText(client, `floom://runs/${id}/log`)).toContain("info half way\n");
  expect(await readText(client, `floom://runs/${id}/files/out/a%20b.md`)).toBe("# Täglich");
  expect(await readOne(client, `floom://runs/${id}/files/out/dot.bin`)).toMatchObject({ blob: "AP8B" });
});

it("whoever waits for a run is given links to its files, and each can be read", async () => {
  const client = await openMcp();
  const id = await endedRun(client);
  const waited = await client.callTool({ name: "run_wait", arguments: { run: id, seconds: 5 } });
  const links = waited.content.flatMap((one) => (one.type === "resource_link" ? [one] : []));
  expect(links.map(({ uri }) => uri)).toEqual([`floom://runs/${id}/files/out/dot.bin`]);
  for (const { uri } of links) expect(await readOne(client, uri)).toMatchObject({ uri, blob: "AP8B" });
});

it("a text that is too long for one answer is read part by part, and so is what is no text", async () => {
  const client = await openMcp();
  const text = "ä".repeat(700_000);
  await callApi("POST", "/api/contexts/long");
  await callApi("PUT", "/api/contexts/long/files/a.txt", { body: text });
  await callApi("PUT", "/api/contexts/long/files/b.bin", { body: new Uint8Array(1_500_000).fill(255) });
  const first = await readOne(client, "workspace:///long/a.txt");
  const next = String(first?._meta?.["floom/next"]);
  expect(next).toBe("workspace:///long/a.txt?from=1048576");
  const parts = [await readText(client, "workspace:///long/a.txt"), await readText(client, next)];
  expect(parts.join("") === text).toBe(true);
  expect((await readOne(client, next))?._meta).toBeUndefined();
  const bytes = await readOne(client, "workspace:///long/b.bin");
  const part = String(bytes?._meta?.["floom/next"]);
  expect(part).toBe("workspace:///long/b.bin?from=0");
  expect(await readOne(client, part)).toMatchObject({
    _meta: { "floom/next": "workspace:///long/b.bin?from=1048576" },
  });
  await expect(client.readResource({ uri: "workspace:///long?from=3" })).rejects.toMatchObject({
    code: -32602,
  });
});

it("what is not there, and what is another's, is the same error with its address; a role reads no more than by the API", async () => {
  const owner = await openMcp();
  await callTool(owner, "worker_deploy", { code: adder, name: "adder" });
  await callApi("POST", "/api/contexts/prices");
  await callApi("PUT", "/api/contexts/prices/files/a.csv", { body: "one,1" });
  const id = await endedRun(owner);
  const hidden = [
    "floom://workers/adder/files",
    "floom://workers/adder/files/app.py",
    "workspace:///prices/a.csv",
    `floom://runs/${id}`,
    `floom://runs/${id}/log`,
    `floom://runs/${id}/files/out/dot.bin`,
  ];
  const missing = [
    "floom://workers/nobody/files/app.py",
    "floom://workers/adder/files/../../x",
    "floom://workers/../files",
    "floom://runs/../log",
    "floom://runs/run_1",
    `floom://runs/${id}/files/%zz`,
    "workspace:///prices/%2e%2e/x",
    "file:///etc/passwd",
    "nonsense",
  ];
  const stranger = await openMcp({ token: await strangerToken() });
  const older = await openOlderMcp({ token: await strangerToken() });
  for (const uri of hidden) {
    await expect(stranger.readResource({ uri }), uri).rejects.toMatchObject({ code: -32602, data: { uri } });
    await expect(older.readResource({ uri }), uri).rejects.toMatchObject({ code: -32602, data: { uri } });
  }
  for (const uri of missing)
    await expect(owner.readResource({ uri }), uri).rejects.toMatchObject({ code: -32602, data: { uri } });
  const uris = (await stranger.listResources()).resources.map(({ uri }) => uri);
  expect(uris).toEqual(["floom://docs/authoring"]);
  const narrow = await openMcp({ token: await seedMember("v", "viewer", { scopes: ["workers:read"] }) });
  await expect(narrow.readResource({ uri: `floom://runs/${id}` })).rejects.toMatchObject({ code: -32602 });
  await expect(owner.listResources({ cursor: "mine" })).rejects.toMatchObject({ code: -32602 });
});

it("a worker's own address has that worker's files and runs alone", async () => {
  const owner = await openMcp();
  await callTool(owner, "worker_deploy", { code: adder, name: "adder" });
  const id = await endedRun(owner);
  const alone = await openMcp({ path: "/mcp/workers/adder" });
  const { resources } = await alone.listResources();
  expect(resources.map(({ uri }) => uri)).toEqual(["floom://workers/adder/files"]);
  await expect(alone.readResource({ uri: `floom://runs/${id}` })).rejects.toMatchObject({ code: -32602 });
  const its = await openMcp({ path: "/mcp/workers/maker" });
  expect(await readText(its, `floom://runs/${id}`)).toContain("maker");
});
