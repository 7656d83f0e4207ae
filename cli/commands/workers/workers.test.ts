import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { workerNameSchema } from "#contract/ids";
import { setFolderSchema, workerSourceSchema } from "#contract/workers/worker";
import { callCli } from "../../../test/support/cli-host.ts";
import { FakeProblem, startFakeEdge } from "../../../test/support/fake-edge.ts";
import type { FakeEdge } from "../../../test/support/fake-edge.ts";
import {
  samplePush,
  sampleVersion,
  sampleWorker,
  sampleWorkerDetail,
} from "../../../test/support/sample-records.ts";
import { verifies } from "../../../test/verifies.ts";
import { unzipFiles, zipFiles } from "../../bundle/zip.ts";

const helloWorker = join(import.meta.dirname, "..", "..", "..", "workers-examples", "hello-worker");

let dir: string;
let edge: FakeEdge | undefined;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "floom-cli-"));
  await cp(helloWorker, join(dir, "hello"), { recursive: true });
});
afterEach(async () => {
  await edge?.close();
  await rm(dir, { recursive: true });
});

async function openEdge(handlers: Parameters<typeof startFakeEdge>[0]): Promise<FakeEdge> {
  edge = await startFakeEdge(handlers);
  return edge;
}

/** Calls with a home of its own, where the CLI may remember. */
async function call(argv: string[], opened: FakeEdge) {
  return callCli(argv, { edge: opened, cwd: dir, env: { FLOOM_HOME: join(dir, "home") } });
}

describe("floom workers push", () => {
  it("sends the folder as a zip and says what became of it", async () => {
    const opened = await openEdge({ putWorkerBundle: () => samplePush() });
    const { exitCode, stdout } = await call(["workers", "push", "hello"], opened);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("Created hello-worker, version 1");
    const [request] = opened.requests;
    expect(request?.params).toEqual({ worker: "hello-worker" });
    const files = await unzipFiles(new Uint8Array(request?.body ?? []));
    expect(files.map(({ path }) => path)).toEqual(["README.md", "example.json", "run.py", "worker.yml"]);
  });

  it("tells an unchanged folder from a new version", async () => {
    const opened = await openEdge({ putWorkerBundle: () => samplePush({ created: false, changed: false }) });
    expect((await call(["workers", "push", "hello"], opened)).stdout).toContain(
      "unchanged: version 1 is active",
    );
  });

  it("asks for quarantine, says how to review, and takes the next push to be made from the active version", async () => {
    const opened = await openEdge({
      putWorkerBundle: () => ({
        worker: sampleWorker(),
        version: { ...sampleVersion(2), active: false, state: "quarantined" as const },
        created: false,
        changed: true,
        warnings: [],
      }),
    });
    const { stderr } = await call(["workers", "push", "hello", "--quarantine"], opened);
    expect(opened.requests.at(-1)?.query).toEqual({ quarantine: "true" });
    expect(stderr).toContain("floom trust show hello-worker 2");
    await call(["workers", "push", "hello"], opened);
    expect(opened.requests.at(-1)?.query).toEqual({});
  });

  it("shows every manifest error with its line, a caret, the code and the fix", async () => {
    verifies("cli:push:shows-manifest-errors-with-their-line");
    await writeFile(
      join(dir, "hello", "worker.yml"),
      'schema_version: "0.3"\nname: hello-worker\ndescripton: x\n',
    );
    const errors = [
      {
        pointer: "/title",
        detail: "title is missing.",
        code: "missing_key",
        fix: "Add a title.",
        line: 1,
        column: 1,
      },
      {
        pointer: "/descripton",
        detail: "Unknown key.",
        code: "unknown_key",
        fix: "Did you mean description?",
        line: 3,
        column: 1,
      },
    ];
    const opened = await openEdge({
      putWorkerBundle: () => {
        throw new FakeProblem("invalid_manifest", "worker.yml has 2 errors.", errors);
      },
    });
    const { exitCode, stderr } = await call(["workers", "push", "hello"], opened);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(
      "hello/worker.yml:3:1 error unknown_key\n  Unknown key.\n   3 | descripton: x\n     | ^\n",
    );
    expect(stderr).toContain("fix Did you mean description?");
    expect(stderr).toContain("hello/worker.yml:1:1 error missing_key");
    const json = await call(["workers", "push", "hello", "--json"], opened);
    expect(json).toMatchObject({ exitCode: 2, stdout: "" });
    expect(JSON.parse(json.stderr)).toMatchObject({ code: "invalid_manifest", errors });
  });

  it("names the version it was made from, once it is known, and gives way to somebody else's push", async () => {
    verifies("cli:push:no-overwrite-of-others");
    let isTaken = false;
    const opened = await openEdge({
      listVersions: () => [sampleVersion(2), sampleVersion(1)],
      putWorkerBundle: ({ query }) => {
        if (isTaken && query["base_version"] !== undefined)
          throw new FakeProblem("version_conflict", "Version 2 is active.");
        return samplePush();
      },
    });
    await call(["workers", "push", "hello"], opened);
    isTaken = true;
    const refused = await call(["workers", "push", "hello"], opened);
    expect(refused).toMatchObject({ exitCode: 5, stderr: expect.stringContaining("Version 2 is active.") });
    expect(opened.requests.filter(({ routeId }) => routeId === "putWorkerBundle").at(-1)?.query).toEqual({
      base_version: "1",
    });
    expect((await call(["workers", "push", "hello", "--force"], opened)).exitCode).toBe(0);
  });

  it("forgets what it knew of an installation that is gone", async () => {
    let isNew = false;
    const opened = await openEdge({
      putWorkerBundle: ({ query }) => {
        if (isNew && query["base_version"] !== undefined)
          throw new FakeProblem("version_conflict", "There is none.");
        return samplePush();
      },
    });
    await call(["workers", "push", "hello"], opened);
    isNew = true;
    expect((await call(["workers", "push", "hello"], opened)).exitCode).toBe(0);
  });

  it("asks the server for the name of an older manifest", async () => {
    await writeFile(join(dir, "hello", "worker.yml"), "id: old-worker\nname: Old worker\n");
    const opened = await openEdge({
      validateWorker: () => ({ valid: true, name: "old-worker", findings: [], problems: [], manifest: null }),
      putWorkerBundle: ({ params }) => samplePush({ worker: sampleWorker({ id: params["worker"] ?? "" }) }),
    });
    expect((await call(["workers", "push", "hello"], opened)).stdout).toContain("Created old-worker");
  });

  it("shows the errors of a manifest that does not even tell a name, each with its line", async () => {
    await writeFile(join(dir, "hello", "worker.yml"), "name: No Good\n");
    const finding = { severity: "error" as const, code: "bad_name", pointer: "/name", line: 1, column: 7 };
    const opened = await openEdge({
      validateWorker: () => ({
        valid: false,
        name: null,
        problems: [],
        manifest: null,
        findings: [
          {
            ...finding,
            message: "This is no name.",
            fix: "Use hyphens.",
          },
        ],
      }),
    });
    const { exitCode, stderr } = await call(["workers", "push", "hello"], opened);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("   1 | name: No Good\n     |       ^\n");
    const source = workerSourceSchema.parse(opened.requests[0]?.json());
    expect(source.files?.map(({ path }) => path)).toEqual(["README.md", "example.json", "run.py"]);
  });

  it("refuses a folder without worker.yml", async () => {
    const opened = await openEdge({});
    const { exitCode, stderr } = await call(["workers", "push", "."], opened);
    expect(exitCode).toBe(4);
    expect(stderr).toContain("floom init");
  });
});

describe("floom workers validate", () => {
  it("shows findings and exits 2 for a folder with errors, 0 with warnings alone", async () => {
    const finding = {
      code: "deprecated",
      pointer: "",
      line: 1,
      column: 1,
      message: "Old.",
      fix: "Use the new.",
    };
    let severity: "error" | "warning" = "error";
    const opened = await openEdge({
      validateWorker: () => ({
        valid: severity === "warning",
        name: "hello-worker",
        problems: [],
        manifest: null,
        findings: [
          {
            ...finding,
            severity,
          },
        ],
      }),
    });
    const invalid = await call(["workers", "validate", "hello"], opened);
    expect(invalid).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("1 error") });
    severity = "warning";
    const valid = await call(["workers", "validate", "hello"], opened);
    expect(valid).toMatchObject({ exitCode: 0, stdout: "valid hello-worker, 1 warning\n" });
  });

  it("exits 6 when no server answers", async () => {
    const { exitCode, stderr } = await callCli(["workers", "validate", "hello"], {
      cwd: dir,
      env: { FLOOM_API_URL: "http://127.0.0.1:1" },
    });
    expect(exitCode).toBe(6);
    expect(stderr).toContain("No Floom server answers at http://127.0.0.1:1");
  });
});

describe("floom workers pull", () => {
  async function openBundle(content: string, path = "run.py"): Promise<FakeEdge> {
    const zip = await zipFiles([
      { path, executable: path === "run.sh", read: async () => Buffer.from(content) },
    ]);
    return openEdge({
      listVersions: () => [sampleVersion(3)],
      downloadWorkerBundle: ({ response }) => void response.end(zip),
      putWorkerBundle: () => samplePush(),
    });
  }

  it("fetches the active version and remembers it for the next push", async () => {
    const opened = await openBundle("print(1)\n");
    const { exitCode } = await call(["workers", "pull", "hello-worker", "hello", "--force"], opened);
    expect(exitCode).toBe(0);
    expect(await readFile(join(dir, "hello", "run.py"), "utf8")).toBe("print(1)\n");
    await call(["workers", "push", "hello"], opened);
    expect(opened.requests.at(-1)?.query).toEqual({ base_version: "3" });
  });

  it("replaces no file that differs unless forced", async () => {
    const opened = await openBundle("other");
    const { exitCode, stderr } = await call(["workers", "pull", "hello-worker", "hello"], opened);
    expect(exitCode).toBe(5);
    expect(stderr).toContain("hello/run.py");
    expect(await readFile(join(dir, "hello", "run.py"), "utf8")).not.toBe("other");
  });

  it("writes nothing outside the folder, whatever the zip says", async () => {
    const opened = await openBundle("evil", "../evil.py");
    expect((await call(["workers", "pull", "hello-worker", "fresh"], opened)).exitCode).toBe(5);
    expect(await readdir(dir)).toEqual(["hello"]);
  });
});

describe("floom workers delete", () => {
  it("asks at a terminal, and demands --yes where nobody can answer", async () => {
    const opened = await openEdge({ deleteWorker: () => undefined });
    expect((await call(["workers", "delete", "hello-worker"], opened)).exitCode).toBe(2);
    const declined = await callCli(["workers", "delete", "hello-worker"], { edge: opened, reply: "n" });
    expect(declined.stderr).toContain("Nothing was deleted.");
    expect(opened.requests).toHaveLength(0);
    const agreed = await callCli(["workers", "rm", "hello-worker"], { edge: opened, reply: "y" });
    expect(agreed.stdout).toBe("Deleted hello-worker.\n");
    expect((await call(["workers", "delete", "hello-worker", "-y", "--json"], opened)).exitCode).toBe(0);
    const purged = await callCli(["workers", "delete", "hello-worker", "--purge"], {
      edge: opened,
      reply: "y",
    });
    expect(purged.exitCode).toBe(0);
    expect(opened.requests.map(({ query }) => query["purge"])).toEqual(["false", "false", "true"]);
  });
});

describe("floom workers list, show, versions, archive, restore", () => {
  it("prints tables for people and the API's documents for programs", async () => {
    const opened = await openEdge({
      listWorkers: () => [sampleWorker()],
      getWorker: () => sampleWorkerDetail(),
      listVersions: () => [sampleVersion()],
      archiveWorker: () => sampleWorker({ archived: true }),
      restoreWorker: () => sampleWorker(),
    });
    expect((await call(["workers", "ls"], opened)).stdout).toMatch(
      /^WORKER +TITLE .*\nhello-worker +Hello worker/,
    );
    expect((await call(["workers", "show", "hello-worker"], opened)).stdout).toMatch(
      /INPUTS\nname +string +required +Name/,
    );
    expect((await call(["workers", "versions", "hello-worker"], opened)).stdout).toMatch(/1 active/);
    expect((await call(["workers", "archive", "hello-worker"], opened)).stdout).toContain(
      "restore hello-worker",
    );
    expect((await call(["workers", "restore", "hello-worker"], opened)).stdout).toContain("Restored");
    const { stdout } = await call(["workers", "list", "--json"], opened);
    expect(JSON.parse(stdout)).toEqual([sampleWorker()]);
  });
});

it("rotates a worker's own token, which alone goes to standard output", async () => {
  verifies("webhooks:token:rotation");
  const rotated = {
    worker_id: workerNameSchema.parse("hello-worker"),
    token: "ab".repeat(16),
    url: `http://127.0.0.1:8787/webhooks/wrk_1?token=${"ab".repeat(16)}`,
    previous_valid_until: "2026-01-02T00:00:00.000Z",
  };
  const opened = await openEdge({ rotateWorkerToken: () => rotated });
  const plain = await call(["workers", "rotate-token", "hello-worker"], opened);
  expect(plain.stdout).toBe(`${rotated.token}\n`);
  expect(plain.stderr).toContain("good until 2026-01-02");
  const json = await call(["workers", "rotate-token", "hello-worker", "--overlap", "0", "--json"], opened);
  expect(JSON.parse(json.stdout)).toMatchObject({ token: rotated.token });
  expect(opened.requests.map(({ body }) => JSON.parse(body.toString()))).toEqual([
    {},
    { overlap_seconds: 0 },
  ]);
  expect((await call(["workers", "rotate-token", "hello-worker", "--overlap", "-1"], opened)).exitCode).toBe(
    2,
  );
});

describe("floom workers folder", () => {
  it("puts a worker into a folder, into none, or where worker.yml says, and wants to know which", async () => {
    verifies("registry:folders:made-by-people");
    const opened = await openEdge({
      setWorkerFolder: ({ json }) => {
        const { folder } = setFolderSchema.parse(json());
        return { ...sampleWorker(), folder: folder === "" ? null : folder };
      },
    });
    const put = (...words: string[]) => call(["workers", "folder", "hello-worker", ...words], opened);
    expect((await put("shop")).stdout).toContain("hello-worker is in shop.");
    expect((await put("--none")).stdout).toContain("hello-worker is in no folder.");
    expect((await put("--declared")).exitCode).toBe(0);
    for (const words of [[], ["shop", "--none"], ["--none", "--declared"]])
      expect((await put(...words)).exitCode).toBe(2);
    expect(opened.requests).toHaveLength(3);
  });
});
