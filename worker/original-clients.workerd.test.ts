import { beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { originalTools } from "#contract/compat/tools";
import type { OriginalTool } from "#contract/compat/tools";
import { findMissingFeature } from "#contract/compat/features";
import { problemSchema } from "#contract/problem";
import { routes } from "#contract/routes";
import { callApi, ownerToken, ownerWorkspace } from "../test/support/workerd/api-harness.ts";
import { askAsOriginal } from "../test/support/workerd/original-client.ts";
import type { ClientMode, ClientRequest } from "../test/support/workerd/original-client.ts";
import { seedThings } from "../test/support/workerd/seed-things.ts";
import { verifies } from "../test/verifies.ts";

const worker = "asks-first";
const manifest = (name: string) =>
  `schema_version: "0.3"\nname: ${name}\ntitle: T\ndescription: D\nversion: "1.0.0"\nexec:\n  entry: run.py\n  command: python run.py\n`;

const idOf = z.object({ id: z.string() });
const listed = z.array(idOf);
const runOf = z.object({ run_id: z.string(), status: z.string() });
const workerOf = z.object({
  id: z.string(),
  name: z.string(),
  status: z.string(),
  triggers: z.array(z.string()),
  trigger_type: z.string(),
});
const detailOf = workerOf.extend({
  config: z.object({
    runtime: z.object({ type: z.string(), entrypoint: z.literal("run.py") }),
    secrets: z.array(z.string()),
    inputs: z.array(z.unknown()),
    outputs: z.array(z.unknown()),
    triggers: z.array(z.object({ type: z.string() })),
  }),
  manifest_yaml: z.string(),
  recent_runs: listed,
  files: z.array(z.object({ path: z.string(), content: z.string().nullable() })),
  webhook_url: z.string().nullable(),
  next_run_at: z.string().nullable(),
  input_values: z.record(z.string(), z.unknown()),
  missing_secrets: z.array(z.string()),
  permissions: z.object({ is_owner: z.literal(true), can_edit: z.literal(true), can_run: z.literal(true) }),
  recent_stats: z.object({ runs_7d: z.number(), last_run_at: z.string().nullable() }),
});
const versionOf = z.object({
  id: z.string(),
  sha: z.string(),
  message: z.string(),
  author: z.string(),
  timestamp: z.string(),
});
const lineOf = z.object({ timestamp: z.string(), level: z.string(), message: z.string() });

/** What each tool sends and which fields of the answer it reads, where it is more than that there is one. */
const talk: Record<string, { request?: ClientRequest; reads?: z.ZodType }> = {
  "workers.list": { reads: z.array(workerOf).length(1) },
  "workers.get": { reads: detailOf },
  "workers.create": {
    request: { body: { worker_yml: manifest("made-by-tool"), run_py: "print(1)" } },
    reads: workerOf,
  },
  "workers.update": {
    request: { body: { trigger_type: "schedule", cron_expr: "0 9 * * 1", cron_timezone: "Europe/Berlin" } },
    reads: detailOf.extend({ trigger_type: z.literal("schedule"), next_run_at: z.string() }),
  },
  "workers.run": { request: { body: { inputs: {}, trigger_source: "mcp" } }, reads: runOf },
  "workers.write_file": {
    request: {
      body: {
        files: [
          { path: "worker.yml", content: manifest(worker) },
          { path: "run.py", content: "print(2)" },
        ],
      },
    },
    reads: workerOf,
  },
  "workers.logs": { request: { query: { level: "info", limit: 200 } }, reads: z.array(lineOf) },
  "workers.stats": {
    reads: z.object({ runs_30d: z.number(), failures_by_category: z.record(z.string(), z.number()) }),
  },
  "workers.timeseries": {
    request: { query: { days: 30 } },
    reads: z.array(z.object({ date: z.string(), total: z.number(), failed: z.number() })).length(30),
  },
  "workers.sample_input": { reads: z.strictObject({}) },
  "workers.archive": { reads: workerOf.extend({ archived: z.literal(true) }) },
  "workers.restore": { reads: workerOf.extend({ archived: z.literal(false) }) },
  "workers.reload": { reads: z.object({ status: z.string(), workers_loaded: z.number() }) },
  "workers.versions": { request: { query: { limit: 50 } }, reads: z.array(versionOf).min(1) },
  "workers.rollback": { reads: idOf },
  "workers.alerts.list": { reads: listed },
  "workers.alerts.create": {
    request: { body: { url: "https://alerts.example/hook", on: ["failed"] } },
    reads: idOf,
  },
  "secrets.list": { reads: z.array(z.object({ name: z.string(), status: z.enum(["set", "missing"]) })) },
  "secrets.set": {
    request: { body: { value: "kept" } },
    reads: z.object({ name: z.literal("A_KEY"), status: z.literal("set"), used_by: z.array(z.string()) }),
  },
  "secrets.test": { reads: z.object({ status: z.literal("valid"), reason: z.string() }) },
  "runs.list": {
    request: { query: { status: "success,error,pending_approval", limit: 50, offset: 0 } },
    reads: z
      .array(
        z.object({
          id: z.string(),
          worker_id: z.string(),
          status: z.enum(["completed", "failed", "pending_approval"]),
          trigger_source: z.string(),
          created_at: z.string(),
        }),
      )
      .length(2),
  },
  "runs.get": {
    reads: z.object({
      id: z.string(),
      worker_id: z.string(),
      status: z.string(),
      output: z.record(z.string(), z.unknown()),
      artifacts: listed,
      logs: z.array(lineOf),
      approval_trail: z.object({ link: z.string() }),
    }),
  },
  "runs.replay": { reads: z.object({ run_id: z.string() }) },
  "runs.cancel": { reads: runOf },
  "approvals.list": { request: { query: { limit: 50 } }, reads: listed.length(2) },
  "approvals.approve": { request: { body: { comment: "Fine." } }, reads: runOf },
  "approvals.reject": { request: { body: { comment: "No." } }, reads: runOf },
  "system.overview": { reads: z.object({ recent_runs: listed, pending_approval: z.number() }) },
  "system.stats": { reads: z.object({ runs_7d: z.object({ total: z.number() }) }) },
  "system.info": { reads: z.object({ version: z.string() }) },
  "system.alerts": { reads: z.array(z.unknown()) },
};

let names: Record<string, string> = {};
beforeEach(async () => {
  const owner = { token: ownerToken, workspace_id: ownerWorkspace };
  const things = await seedThings(owner, worker);
  const other = await seedThings(owner, "asks-too");
  // The list of workers is to have one.
  await callApi("POST", "/api/workers/asks-too/archive");
  const versions = z
    .array(idOf)
    .parse(await (await callApi("GET", `/api/workers/${worker}/versions`)).json());
  names = { ...things, asking: other.run, version: versions[0]?.id ?? "" };
});

const fill = ({ path }: OriginalTool) => path.replace(/\{(\w+)\}/g, (_, name: string) => names[name] ?? "");

describe.each<ClientMode>(["token", "secret", "cli"])("a client of the first Floom, by %s", (mode) => {
  it("finds every tool whose feature exists working, and is told by name what is not there", async () => {
    verifies("compat:original:tools-work", "compat:original:missing-is-named");
    for (const tool of originalTools) {
      const { request, reads } = talk[tool.tool] ?? {};
      const answer = await askAsOriginal(mode, [tool.method, fill(tool)], request);
      const seen = `${tool.tool}: ${answer.status} ${JSON.stringify(answer.body)?.slice(0, 400)}`;
      expect(answer.type, seen).not.toContain("text/html");
      if (tool.missing === undefined) {
        expect(answer.status, seen).toBeLessThan(300);
        if (reads !== undefined) expect(reads.safeParse(answer.body).error?.issues ?? [], seen).toEqual([]);
        continue;
      }
      expect(answer.type, seen).toBe("application/problem+json");
      const problem = problemSchema.parse(answer.body);
      expect(problem, seen).toMatchObject({ status: 501, code: "feature_missing" });
      expect(problem.detail, seen).toContain(tool.missing);
    }
  });

  it("reads lists where it reads lists, and its log line by line", async () => {
    const ask = (path: string) => askAsOriginal(mode, ["GET", path]);
    for (const path of [
      "/runs?limit=20&offset=0",
      "/approvals",
      "/workers?shape=list",
      `/runs/${names["run"]}/logs`,
    ])
      expect([path, Array.isArray((await ask(path)).body)]).toEqual([path, true]);
    const first = await ask("/runs?limit=1");
    const before = z.string().parse(first.headers.get("x-next-before-id"));
    const second = await ask(`/runs?limit=1&before_id=${before}&before_created_at=2026-01-01T00:00:00Z`);
    const ids = [first, second].flatMap(({ body }) => listed.parse(body)).map(({ id }) => id);
    expect(first.headers.get("x-has-more")).toBe("true");
    expect(new Set(ids).size).toBe(2);
    expect(listed.parse((await ask("/runs?limit=1&offset=1")).body)[0]?.id).toBe(ids[1]);
  });

  it("is given the part of the workers that it asks for, and the number of runs where the list ends", async () => {
    const ask = (path: string) => askAsOriginal(mode, ["GET", path]);
    const idsOf = async (path: string) => listed.parse((await ask(path)).body).map(({ id }) => id);
    const all = await idsOf("/workers");
    expect(await idsOf("/workers?limit=1")).toEqual(all.slice(0, 1));
    expect(await idsOf("/workers?limit=500&offset=1")).toEqual(all.slice(1));
    expect(await idsOf(`/workers?offset=${all.length}`)).toEqual([]);
    const runs = await ask("/runs?limit=200");
    expect(runs.headers.get("x-total-count")).toBe(String(listed.parse(runs.body).length));
    expect((await ask("/runs?limit=200&offset=1")).headers.get("x-total-count")).toBe(
      runs.headers.get("x-total-count"),
    );
    expect((await ask("/runs?limit=1")).headers.get("x-total-count")).toBeNull();
  });
});

it("doctor and whoami of the first Floom's command line find what they look for", async () => {
  verifies("compat:original:tools-work");
  const ask = (path: string) => askAsOriginal("cli", ["GET", path]);
  for (const path of ["/health", "/healthz"])
    expect(z.object({ version: z.string() }).safeParse((await ask(path)).body).success).toBe(true);
  expect((await ask("/system/info")).body).toMatchObject({ workspace_id: ownerWorkspace });
  expect((await ask("/auth/me")).body).toMatchObject({
    username: "owner",
    role: "owner",
    auth_method: "token",
  });
  expect((await ask("/runs?limit=1")).status).toBe(200);
});

it("a push of the first Floom's command line to a name that is taken is told so in its words", async () => {
  const body = { worker_yml: manifest(worker), run_py: "print(1)" };
  const { status, body: problem } = await askAsOriginal("cli", ["POST", "/workers"], { body });
  expect([status, problemSchema.parse(problem).detail.includes("already exists")]).toEqual([409, true]);
});

it("whoever asks for this server's own shapes keeps pages, and is answered as that type", async () => {
  verifies("compat:own-shapes-on-request");
  const page = await callApi("GET", "/api/runs");
  expect(page.headers.get("content-type")).toBe("application/vnd.floom+json");
  expect(page.headers.get("vary")).toContain("accept");
  expect(Object.keys((await page.json()) as object)).toEqual(["runs", "next_cursor"]);
});

it("nothing that is called missing has a route", () => {
  const hidden = Object.values(routes).filter(
    ({ method, path }) => findMissingFeature(method, path.replace(/\{\w+\}/g, "x")) !== undefined,
  );
  expect(hidden).toEqual([]);
});
