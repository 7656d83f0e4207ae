import { testHost } from "../../test/support/workerd/api-harness.ts";
import { env } from "cloudflare:workers";
import { TextReader, Uint8ArrayWriter, ZipWriter } from "@zip.js/zip.js";
import { describe, expect, it } from "vitest";
import type { Principal } from "#contract/access/access";
import type { WorkspaceId } from "#contract/ids";
import {
  pushResultSchema,
  validationResultSchema,
  workerDetailSchema,
  workerSummarySchema,
} from "#contract/workers/worker";
import { ownerPrincipal } from "../access/principal.ts";
import { verifies } from "../../test/verifies.ts";
import { createDb } from "../platform/db/client.ts";
import { createFiles } from "../platform/files.ts";
import { newId } from "../platform/ids.ts";
import {
  archiveWorker,
  createWorker,
  createWorkerFromBundle,
  deleteWorker,
  getSampleInput,
  listWorkers,
  openWorkerBundle,
  putWorkerBundle,
  replaceWorkerFiles,
  restoreWorker,
  updateWorker,
  validateWorker,
} from "./service.ts";
import { listVersions } from "./versions.ts";
import type { DeployDeps } from "./service.ts";
import { getWorker } from "./show-worker.ts";
import { readSettings } from "../catalog/workspace-settings.ts";
import { findWorkerVersion } from "../catalog/store.ts";
import { insertVersion } from "./store.ts";

const START = Date.parse("2026-01-02T03:04:05Z");

function buildDeps(): DeployDeps {
  let now = START;
  return {
    db: createDb(env.DB),
    gate: { judge: async () => null, listNotes: async () => new Map(), begin: async () => null },
    files: createFiles(env.FILES),
    clock: () => (now += 1000),
    newId,
    schedules: (workerId) => testHost.worker(workerId).schedules,
    endPatience: async () => {},
    findLastRuns: async () => new Map(),
    listRecentRuns: async () => [],
    findRecentStats: async () => ({
      last_run_at: null,
      runs_7d: 0,
      success_rate_7d: null,
      success_rate_change_7d: null,
    }),
    listTriggers: async () => [],
    rotateHookSecret: async () => "s",
    findMissingContexts: async () => [],
    findMissingConnections: async () => [],
    findMissingSecrets: async (_workspaceId, wants) =>
      wants.map(({ names }) => names.filter((name) => name !== "KNOWN_KEY")),
    findTemplate: async () => null,
    findBroken: async () => [],
    liftRestraint: async () => {},
    setQueuePaused: async () => {},
    keepHouse: async () => {},
    clearWorker: async () => {},
    reservePage: async ({ name }) => name,
    findDefaults: async () => ({ ...readSettings(null), variables: {} }),
    sandboxLifeSeconds: 3600,
    signingKey: "k".repeat(32),
    earlierSigningKeys: [],
  };
}

const principalOf = (letter: string): Principal =>
  ownerPrincipal({ id: "tok_test", workspaceId: `wsp_${letter.repeat(26)}` as WorkspaceId });
const ada = principalOf("0");
const stranger = principalOf("1");

const manifestOf = (name: string, more = "") => `schema_version: "0.3"
name: ${name}
title: Hello
version: 0.1.0
exec:
  entry: run.py
  inputs:
    - {name: name, type: string, required: true}
${more}`;
const source = (script = "print(1)", name = "hello-worker") => ({
  worker_yml: manifestOf(name),
  run_py: script,
});

async function zipOf(files: Record<string, string>): Promise<Uint8Array> {
  const writer = new ZipWriter(new Uint8ArrayWriter(), { useWebWorkers: false });
  for (const [path, text] of Object.entries(files)) await writer.add(path, new TextReader(text));
  return writer.close();
}
const folder = (script: string, name = "hello-worker") =>
  zipOf({ [`${name}/worker.yml`]: manifestOf(name), [`${name}/run.py`]: script });
const to = (workerName: string, baseVersion?: number) => ({ workerName, baseVersion });

async function countRows(): Promise<{ workers: number; versions: number; bundles: number }> {
  const count = async (table: string) =>
    (await env.DB.prepare(`SELECT count(*) AS n FROM ${table}`).first<{ n: number }>())?.n ?? -1;
  const bundles = (await env.FILES.list({ prefix: "bundles/" })).objects.length;
  return { workers: await count("workers"), versions: await count("versions"), bundles };
}

describe("a push", () => {
  it("creates the worker with its first version, from text and from a zip alike", async () => {
    verifies("registry:deploys:immutable-numbered-versions");
    const deps = buildDeps();
    const made = pushResultSchema.parse(await createWorker(deps, ada, source()));
    expect(made).toMatchObject({
      created: true,
      changed: true,
      worker: {
        id: "hello-worker",
        name: "Hello",
        status: "ready",
        version: 1,
        mode: "script",
        trigger_type: "manual",
      },
      version: { number: 1, active: true, file_count: 2 },
    });
    const again = await putWorkerBundle(deps, ada, {
      zip: await folder("print(1)"),
      target: to("hello-worker"),
    });
    expect(again).toMatchObject({
      created: false,
      changed: false,
      version: { number: 1, digest: made.version.digest },
    });
    expect(await countRows()).toEqual({ workers: 1, versions: 1, bundles: 1 });
  });

  it("of something else makes the next number and keeps the old version", async () => {
    verifies("registry:deploys:immutable-numbered-versions");
    const deps = buildDeps();
    await createWorkerFromBundle(deps, ada, await folder("print(1)"));
    const next = await putWorkerBundle(deps, ada, {
      zip: await folder("print(2)"),
      target: to("hello-worker", 1),
    });
    expect(next).toMatchObject({
      created: false,
      changed: true,
      worker: { version: 2 },
      version: { number: 2 },
    });
    const versions = await listVersions(deps, ada, { name: "hello-worker", limit: 10 });
    expect(versions.map((v) => [v.number, v.active])).toEqual([
      [2, true],
      [1, false],
    ]);
    const old = await openWorkerBundle(deps, ada, { name: "hello-worker", number: 1 });
    expect((await old.file.bytes()).byteLength).toBeGreaterThan(100);
  });

  it("at the same time as others gives each its own number and loses none", async () => {
    verifies("registry:deploys:immutable-numbered-versions");
    const deps = buildDeps();
    const pushes = [1, 2, 3, 4, 5].map(async (i) =>
      putWorkerBundle(deps, ada, { zip: await folder(`print(${i})`), target: to("hello-worker") }),
    );
    const results = await Promise.all(pushes);
    expect(results.map((r) => r.version.number).toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5]);
    expect(results.filter((r) => r.created)).toHaveLength(1);
    expect(await countRows()).toEqual({ workers: 1, versions: 5, bundles: 5 });
    expect((await getWorker(deps, ada, "hello-worker")).version).toBe(5);
  });

  it("from a version that is no longer active is refused", async () => {
    verifies("registry:deploys:compare-and-swap", "registry:deploys:nothing-half-done");
    const deps = buildDeps();
    await createWorker(deps, ada, source());
    const before = await countRows();
    for (const base of [0, 2]) {
      const late = putWorkerBundle(deps, ada, {
        zip: await folder("print(9)"),
        target: to("hello-worker", base),
      });
      await expect(late).rejects.toMatchObject({ code: "version_conflict", status: 409 });
    }
    const early = putWorkerBundle(deps, ada, {
      zip: await folder("x", "other-one"),
      target: to("other-one", 1),
    });
    await expect(early).rejects.toMatchObject({ code: "version_conflict" });
    expect(await countRows()).toEqual(before);
  });

  it("onto a worker that was deleted in between leaves no version without a worker", async () => {
    verifies("registry:deploys:nothing-half-done");
    const deps = buildDeps();
    await createWorker(deps, ada, source());
    const seen = await findWorkerVersion(deps.db, {
      workspaceId: ada.workspace_id,
      workerName: "hello-worker",
    });
    if (!seen) throw new Error("the worker was just created");
    await deleteWorker(deps, ada, { name: "hello-worker", purge: false });
    const next = { ...seen.version, id: newId("ver", START), number: 2 };
    expect(await insertVersion(deps.db, next, { archivedAt: null, isLive: true })).toBe(false);
    expect(await countRows()).toMatchObject({ workers: 0, versions: 0 });
  });

  it("of two from the same version lets one win", async () => {
    verifies("registry:deploys:compare-and-swap");
    const deps = buildDeps();
    await createWorker(deps, ada, source());
    const outcomes = await Promise.allSettled(
      [1, 2].map(async (i) =>
        putWorkerBundle(deps, ada, { zip: await folder(`new ${i}`), target: to("hello-worker", 1) }),
      ),
    );
    expect(outcomes.map((o) => o.status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect((await countRows()).versions).toBe(2);
  });
});

describe("a bad push stores nothing", () => {
  it.each([
    ["errors in worker.yml", { "worker.yml": "name: X", "run.py": "" }, "invalid_manifest", 422],
    ["no worker.yml", { "run.py": "print(1)" }, "invalid_bundle", 422],
    [
      "a secret",
      { "worker.yml": manifestOf("hello-worker"), "run.py": "", ".env": "A=1" },
      "invalid_bundle",
      422,
    ],
    ["no entry", { "worker.yml": manifestOf("hello-worker") }, "invalid_manifest", 422],
    ["another name", { "worker.yml": manifestOf("other-one"), "run.py": "" }, "worker_name_mismatch", 409],
    [
      "a file over the limit",
      { "worker.yml": "", big: "0".repeat(5 * 1024 * 1024 + 1) },
      "bundle_too_large",
      413,
    ],
  ])("with %s", async (_what, files, code, status) => {
    verifies("registry:deploys:nothing-half-done");
    const push = putWorkerBundle(buildDeps(), ada, { zip: await zipOf(files), target: to("hello-worker") });
    await expect(push).rejects.toMatchObject({ code, status });
    expect(await countRows()).toEqual({ workers: 0, versions: 0, bundles: 0 });
  });

  it("and says every mistake with its place", async () => {
    const bad = { worker_yml: manifestOf("Bad Name", "titel: x\n"), run_py: "" };
    await expect(createWorker(buildDeps(), ada, bad)).rejects.toMatchObject({
      code: "invalid_manifest",
      options: {
        errors: [
          expect.objectContaining({
            code: "bad_name",
            line: 2,
            column: 7,
            file: "worker.yml",
            pointer: "/name",
          }),
          expect.objectContaining({ code: "unknown_key", line: 9, column: 1 }),
        ],
      },
    });
  });

  it("and a name that is taken is refused on create", async () => {
    const deps = buildDeps();
    await createWorker(deps, ada, source());
    await expect(createWorker(deps, ada, source("x"))).rejects.toMatchObject({ code: "worker_exists" });
    await expect(createWorkerFromBundle(deps, ada, await folder("x"))).rejects.toMatchObject({
      code: "worker_exists",
    });
  });
});

describe("an update", () => {
  it("keeps the files it does not name; replacing all files does not", async () => {
    const deps = buildDeps();
    const extra = { path: "data/a.bin", content: "AAEC", encoding: "base64" as const };
    await createWorker(deps, ada, { ...source(), files: [extra] });
    await updateWorker(deps, ada, { source: source("print(2)"), target: to("hello-worker") });
    const updated = workerDetailSchema.parse(await getWorker(deps, ada, "hello-worker"));
    expect(updated).toMatchObject({
      version: 2,
      run_py: "print(2)",
      enabled: true,
      manifest_yaml: manifestOf("hello-worker"),
    });
    expect(updated.files.map((f) => [f.path, f.binary, f.size])).toEqual([
      ["data/a.bin", true, 3],
      ["run.py", false, 8],
      ["worker.yml", false, expect.any(Number)],
    ]);
    const files = [
      { path: "worker.yml", content: manifestOf("hello-worker"), encoding: "utf-8" as const },
      { path: "run.py", content: "print(3)", encoding: "utf-8" as const },
    ];
    await replaceWorkerFiles(deps, ada, { files, target: to("hello-worker", 2) });
    expect((await getWorker(deps, ada, "hello-worker")).files.map((f) => f.path)).toEqual([
      "run.py",
      "worker.yml",
    ]);
  });

  it("with content that is not base64 is refused with the file's name", async () => {
    const files = [{ path: "x.bin", content: "not base64!", encoding: "base64" as const }];
    await expect(createWorker(buildDeps(), ada, { ...source(), files })).rejects.toMatchObject({
      code: "invalid_bundle",
      options: { errors: [expect.objectContaining({ file: "x.bin", code: "bad_base64" })] },
    });
  });
});

it("validation says all and stores nothing", async () => {
  const good = validationResultSchema.parse(await validateWorker(buildDeps(), ada, source()));
  expect(good).toMatchObject({ valid: true, name: "hello-worker", findings: [], problems: [] });
  const bad = await validateWorker(buildDeps(), ada, {
    worker_yml: "- a",
    files: [{ path: "../x", content: "", encoding: "utf-8" }],
  });
  expect(bad).toMatchObject({ valid: false, name: null, manifest: null });
  expect(bad.findings.map((f) => f.code)).toEqual(["not_a_mapping"]);
  expect(bad.problems.map((p) => p.code)).toEqual(["bad_path"]);
  expect(await countRows()).toEqual({ workers: 0, versions: 0, bundles: 0 });
});

it("a worker is archived, restored and deleted; its name is then free again", async () => {
  const deps = buildDeps();
  await createWorker(deps, ada, source());
  await createWorker(deps, ada, source("x", "second-worker"));
  const shown = { include_archived: false, include_system: false };
  expect((await listWorkers(deps, ada, shown)).map((w) => w.id)).toEqual(["hello-worker", "second-worker"]);
  const archived = await archiveWorker(deps, ada, { name: "hello-worker", reason: "old" });
  expect(workerSummarySchema.parse(archived)).toMatchObject({ archived: true, archive_reason: "old" });
  expect((await listWorkers(deps, ada, shown)).map((w) => w.id)).toEqual(["second-worker"]);
  expect(await listWorkers(deps, ada, { ...shown, include_archived: true })).toHaveLength(2);
  expect(await restoreWorker(deps, ada, "hello-worker")).toMatchObject({
    archived: false,
    archive_reason: null,
  });
  await deleteWorker(deps, ada, { name: "hello-worker", purge: false });
  await expect(getWorker(deps, ada, "hello-worker")).rejects.toMatchObject({ code: "not_found" });
  expect(await createWorker(deps, ada, source())).toMatchObject({ created: true, version: { number: 1 } });
});

it("a declared secret that is not set shows in the status, a sample input comes from the version", async () => {
  const deps = buildDeps();
  await createWorker(deps, ada, {
    worker_yml: manifestOf("hello-worker", "  secrets: [API_KEY]\n"),
    run_py: "",
  });
  await createWorker(deps, ada, {
    worker_yml: manifestOf("known-worker", "  secrets: [KNOWN_KEY]\n"),
    run_py: "",
  });
  const all = await listWorkers(deps, ada, { include_archived: false, include_system: false });
  expect(all.map((w) => w.status)).toEqual(["missing_secret", "ready"]);
  expect(await getSampleInput(deps, ada, "hello-worker")).toEqual({ inputs: { name: "example" } });
});

it("an agent is accepted and stored", async () => {
  const worker_yml = manifestOf("my-agent").replace("run.py", "SKILL.md");
  const made = await createWorker(buildDeps(), ada, { worker_yml, skill_md: "# Do it" });
  expect(made.worker).toMatchObject({ mode: "agent", runtime: "skill" });
});

it("another workspace sees nothing, in the same words as for what is not there", async () => {
  verifies("registry:deploys:other-workspace-unseen");
  const deps = buildDeps();
  await createWorker(deps, ada, source());
  const name = "hello-worker";
  const attempts = [
    () => getWorker(deps, stranger, name),
    () => deleteWorker(deps, stranger, { name, purge: true }),
    () => archiveWorker(deps, stranger, { name, reason: undefined }),
    () => restoreWorker(deps, stranger, name),
    () => listVersions(deps, stranger, { name, limit: 5 }),
    () => openWorkerBundle(deps, stranger, { name, number: undefined }),
    () => getSampleInput(deps, stranger, name),
    () => updateWorker(deps, stranger, { source: source(), target: to(name) }),
    () => replaceWorkerFiles(deps, stranger, { files: [], target: to(name) }),
    () => openWorkerBundle(deps, ada, { name: "not-there", number: undefined }),
  ];
  for (const attempt of attempts) {
    await expect(attempt()).rejects.toMatchObject({
      code: "not_found",
      message: "There is no such worker in this workspace.",
    });
  }
  await expect(openWorkerBundle(deps, ada, { name, number: 9 })).rejects.toMatchObject({ code: "not_found" });
  expect(await listWorkers(deps, stranger, { include_archived: true, include_system: true })).toEqual([]);
  expect(await createWorker(deps, stranger, source())).toMatchObject({ created: true });
});
