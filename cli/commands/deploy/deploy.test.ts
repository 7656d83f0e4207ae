import { mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Deployed } from "#contract/deploys/deploy";
import { callCli } from "../../../test/support/cli-host.ts";
import { FakeProblem, startFakeEdge } from "../../../test/support/fake-edge.ts";
import type { FakeEdge } from "../../../test/support/fake-edge.ts";
import { verifies } from "../../../test/verifies.ts";
import { unzipFiles, zipFiles } from "../../bundle/zip.ts";
import { fetchArchive, nameOf } from "../../bundle/fetch-archive.ts";

const deployed: Deployed = {
  worker: "app",
  version: 1,
  state: "active",
  created: true,
  changed: true,
  url: "http://floom.test/a/app",
  api: "http://floom.test/api/workers/app/actions/add/runs",
  openapi: "http://floom.test/api/workers/app/openapi.json",
  tools: ["app"],
  actions: [
    {
      name: "add",
      title: "Add",
      description: "",
      input_schema: {},
      output_schema: {},
      api: "http://floom.test/api/workers/app/actions/add/runs",
      tool: "app",
    },
  ],
  missing_secrets: ["API_KEY"],
  requirements: [
    { name: "requests", line: "requests", added: true, version: null },
    { name: "yarl", line: "yarl>=1", added: false, version: "1.9.4" },
  ],
  warnings: [],
};

let dir: string;
let edge: FakeEdge | undefined;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "floom-cli-"));
  await writeFile(join(dir, "app.py"), "def add(a: int) -> int:\n    return a\n");
});
afterEach(async () => {
  await edge?.close();
  await rm(dir, { recursive: true });
});

async function call(argv: string[], handlers: Parameters<typeof startFakeEdge>[0]) {
  edge = await startFakeEdge(handlers);
  return callCli(argv, { edge, cwd: dir, env: { FLOOM_HOME: join(dir, "home") } });
}

it("one Python file is sent, and the answer says where it is and what is missing", async () => {
  verifies("typing:deploy:one-call");
  const { exitCode, stdout } = await call(["deploy", "app.py", "--name", "sums"], {
    deployZip: () => deployed,
  });
  expect(exitCode).toBe(0);
  expect(stdout).toContain("page    http://floom.test/a/app");
  expect(stdout).toContain("action  add  POST http://floom.test/api/workers/app/actions/add/runs");
  expect(stdout).toContain("secret  API_KEY is not set: floom secrets set API_KEY");
  const request = edge?.requests[0];
  expect(request?.query).toEqual({ name: "sums" });
  const files = await unzipFiles(new Uint8Array(request?.body ?? []));
  expect(files.map(({ path }) => path)).toEqual(["app.py"]);
});

it("with --json the answer is printed as it came", async () => {
  const { stdout } = await call(["deploy", "app.py", "--json"], { deployZip: () => deployed });
  expect(JSON.parse(stdout)).toEqual(deployed);
});

it("what waits for a person is not called active, and the way to review it is said", async () => {
  const held: Deployed = { ...deployed, version: 2, state: "quarantined", changed: false };
  const { stdout, stderr } = await call(["deploy", "app.py"], { deployZip: () => held });
  expect(stdout).toContain("app is unchanged: version 2 is quarantined.");
  expect(stderr).toContain("floom trust show app 2");
});

it("a folder needs no worker.yml, and its name goes along", async () => {
  await mkdir(join(dir, "Price List"));
  await writeFile(join(dir, "Price List", "app.py"), "def add(a: int) -> int: ...\n");
  await call(["deploy", "Price List"], { deployZip: () => deployed });
  expect(edge?.requests[0]?.query).toEqual({ folder: "Price List" });
});

it("a refusal shows the line itself with what to write instead", async () => {
  verifies("typing:refusal:line-and-suggestion");
  await writeFile(join(dir, "app.py"), "def ok(): ...\ndef send(*names: str): ...\n");
  const errors = [
    {
      pointer: "",
      file: "app.py",
      line: 2,
      column: 10,
      code: "open_parameters",
      detail: "*names takes anything.",
      fix: "Write names: list[str] instead.",
    },
  ];
  const { exitCode, stderr } = await call(["deploy", "app.py"], {
    deployZip: () => {
      throw new FakeProblem("invalid_bundle", "app.py, line 2: ...", errors);
    },
  });
  expect(exitCode).toBe(2);
  expect(stderr).toContain("app.py:2:10 error open_parameters");
  expect(stderr).toContain("def send(*names: str): ...");
  expect(stderr).toContain("fix Write names: list[str] instead.");
});

it("what is not there, or is nothing to deploy, is said before anything is sent", async () => {
  await writeFile(join(dir, "notes.txt"), "x");
  expect(await call(["deploy", "notes.txt"], {})).toMatchObject({ exitCode: 2 });
  await edge?.close();
  expect(await call(["deploy", "gone.py"], {})).toMatchObject({ exitCode: 4 });
  await edge?.close();
  expect(await call(["deploy", "http://example.test/a.zip"], {})).toMatchObject({ exitCode: 2 });
});

it("the page of a worker is printed", async () => {
  const url = "https://floom.example/a/hello-worker-abc123";
  const { stdout } = await call(["open", "hello-worker"], {
    getApp: () => ({
      worker: "hello-worker",
      state: "private",
      slug: "hello-worker-abc123",
      url,
      embed_url: "https://floom.example/embed/hello-worker-abc123",
      has_password: false,
      invited: [],
      embed_origins: [],
      theme: { accent: null },
      expires_at: null,
      run_cap: null,
      runs_per_hour: 1,
      visitor_runs_per_hour: 1,
      run_count: 0,
      actions: null,
    }),
  });
  expect(stdout.trim()).toBe(url);
});

const interrupt = new AbortController().signal;
const answering = (answers: Record<string, () => Response>) => {
  const answer = (url: string) => answers[url]?.() ?? new Response("", { status: 404 });
  return { interrupt, fetch: (async (url) => answer(String(url as string))) as typeof fetch };
};

it("an archive is fetched by https alone, through its redirects, and never more of it than a bundle may have", async () => {
  const zip = await zipFiles([
    { path: "tools-main/app.py", executable: false, read: async () => new Uint8Array([35]) },
  ]);
  const address = "https://github.com/ada/tools/archive/refs/heads/main.zip";
  const to = (location: string) => () => new Response("", { status: 302, headers: { location } });
  const store = "https://codeload.github.com/ada/tools/zip/main";
  const good = answering({ [address]: to(store), [store]: () => new Response(zip) });
  expect(await fetchArchive(good, address)).toEqual({ zip, name: "tools" });
  const plain = answering({ [address]: to("http://codeload.github.com/ada/tools/zip/main") });
  await expect(fetchArchive(plain, address)).rejects.toThrow("is no https address");
  const page = answering({ [address]: () => new Response("<html>") });
  await expect(fetchArchive(page, address)).rejects.toThrow("is no zip");
  await expect(fetchArchive(answering({}), address)).rejects.toThrow("answers 404");
  const round = answering({ [address]: to(address) });
  await expect(fetchArchive(round, address)).rejects.toThrow("sends on and on");
  const huge = answering({
    [address]: () => new Response("", { headers: { "content-length": String(1e9) } }),
  });
  await expect(fetchArchive(huge, address)).rejects.toThrow("larger than");
});

it("an archive that does not say how large it is ends where a bundle ends", async () => {
  const part = new Uint8Array(8 * 1024 * 1024);
  part.set([0x50, 0x4b]);
  let sent = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      sent += 1;
      controller.enqueue(part);
    },
  });
  const address = "https://example.test/endless.zip";
  await expect(fetchArchive(answering({ [address]: () => new Response(endless) }), address)).rejects.toThrow(
    "larger than",
  );
  expect(sent).toBeLessThan(20);
});

it.each([
  ["https://github.com/ada/tools/archive/refs/tags/v1.zip", "tools"],
  ["https://example.test/files/price-list.zip", "price-list"],
  ["https://example.test/download/latest.zip", "app"],
])("%s is called %s", (address, name) => {
  expect(nameOf(new URL(address))).toBe(name);
});
