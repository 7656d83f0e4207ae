import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, it } from "vitest";
import { parse } from "yaml";
import { callCli } from "../../../test/support/cli-host.ts";
import { verifies } from "../../../test/verifies.ts";
import type { ImportEntry } from "../../gateway/report.ts";

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "floom-gateway-"));
});
afterEach(async () => {
  await rm(cwd, { recursive: true });
});

async function put(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(cwd, path)), { recursive: true });
  await writeFile(join(cwd, path), text);
}

interface Report {
  entries: ImportEntry[];
  workers: string[];
  exitCode: number;
}

async function importGateway(text: string, ...options: string[]): Promise<Report> {
  await put("configs/mcp/gateway.yaml", text);
  const called = await callCli(
    ["gateway", "import", "configs/mcp/gateway.yaml", "--out", "made", "--json", ...options],
    { cwd },
  );
  return { ...(JSON.parse(called.stdout) as Omit<Report, "exitCode">), exitCode: called.exitCode };
}

const read = async (path: string) => readFile(join(cwd, "made", path), "utf8");

/** A manifest that was made; that the server takes such is tested where its parser is. */
const readMade = async (worker: string) =>
  parse(await read(`${worker}/worker.yml`)) as Record<string, unknown>;

const summarizer = `name: summarizer
description: Summarizes a text.
worker_kind: llm
default_model_tier: standard
max_output_tokens: 900
max_input_tokens: 4000
timeout_seconds: 45
reset_after_task: true
system_prompt: |
  You summarize texts.
input_schema:
  type: object
  required: [text]
  properties:
    text: {type: string, description: The text., minLength: 1}
    style: {type: string, enum: [short, long], default: short}
    tags: {type: array, items: {type: string}}
output_schema:
  type: object
  required: [summary]
  properties:
    summary: {type: string}
    score: {type: number, minimum: 0, maximum: 1}
knowledge_sources:
  - {path: docs/style.md, inject_as: reference}
  - {path: ../../../../etc/passwd, inject_as: reference}
knowledge_silos:
  - {name: handbook, type: folder, path: handbook, permissions: read_write}
  - {name: lookup, type: tool, provider: a.b.C}
extra: 1
`;

it("makes an agent of an LLM worker, and names with its line what an agent has no place for", async () => {
  verifies("gateway:import");
  verifies("gateway:names-what-cannot-be");
  await put("configs/workers/summarizer.yaml", summarizer);
  await put("docs/style.md", "Be brief.");
  const { entries, exitCode } = await importGateway(
    "name: demo\nnats_url: nats://x\ntools:\n  workers:\n    - {config: configs/workers/summarizer.yaml, name: docs.summarize}\n",
    "--model",
    "standard=anthropic/claude-sonnet-4-6",
  );
  expect(exitCode).toBe(0);
  const [top, worker] = entries;
  expect(top?.left_out).toMatchObject([{ key: "nats_url", line: 2 }]);
  expect(worker).toMatchObject({
    path: "tools.workers[0]",
    line: 5,
    status: "converted",
    worker: "docs-summarize",
    tools: [{ was: "docs.summarize", is: "docs_summarize" }],
  });
  expect(worker?.left_out.map(({ key, line }) => [key, line])).toEqual([
    ["extra", 30],
    ["max_input_tokens", 6],
    ["knowledge_sources.1", 26],
    ["input_schema.properties.tags.items", 17],
    ["knowledge_silos.1", 29],
  ]);
  expect(await readMade("docs-summarize")).toMatchObject({
    mcp: { name: "docs_summarize" },
    model: "anthropic/claude-sonnet-4-6",
    limits: { timeout_seconds: 45, max_output_tokens: 900 },
    contexts: [{ name: "handbook", writeable: true }],
    exec: {
      inputs: [
        { name: "text", type: "text", required: true, bounds: { min_length: 1 } },
        { name: "style", type: "select", options: ["short", "long"], default: "short" },
        { name: "tags", type: "array" },
      ],
      outputs: [
        { name: "summary", required: true },
        { name: "score", type: "number", bounds: { minimum: 0, maximum: 1 } },
      ],
    },
  });
  expect(await read("docs-summarize/SKILL.md")).toBe(
    "You summarize texts.\n\nRead `knowledge/1-style.md` before you begin.\n",
  );
  expect(await read("docs-summarize/knowledge/1-style.md")).toBe("Be brief.");
});

it("makes stages of a pipeline's, with its mappings, conditions and inputs", async () => {
  verifies("gateway:import");
  await put("configs/workers/summarizer.yaml", summarizer.replace(/knowledge_sources[\s\S]*/, ""));
  await put(
    "configs/pipelines/report.yaml",
    `name: report
timeout_seconds: 60
pipeline_stages:
  - name: Summary
    worker_type: summarizer
    tier: local
    input_mapping: {text: goal.context.text, style: "'short'"}
    max_retries: 9
  - name: check
    worker_type: reviewer
    depends_on: [Summary]
    condition: Summary.output.score != none
    input_mapping: {summary: Summary.output.summary, user: goal.context.user.name, all: Summary.output}
`,
  );
  const { entries } = await importGateway(
    "name: demo\ntools:\n  workers:\n    - {config: configs/workers/summarizer.yaml, name: sum_it_up}\n  pipelines:\n    - {config: configs/pipelines/report.yaml, name: full_report}\n",
  );
  const pipeline = entries.find(({ kind }) => kind === "pipeline");
  expect(pipeline).toMatchObject({ status: "converted", worker: "full-report" });
  expect(pipeline?.left_out).toMatchObject([{ key: "pipeline_stages.0.tier", line: 6 }]);
  expect(pipeline?.next.join("\n")).toContain("needs a worker reviewer");
  expect(await readMade("full-report")).toMatchObject({
    exec: {
      inputs: [
        { name: "text", type: "text", required: true },
        { name: "user", type: "json", required: true },
      ],
    },
    stages: [
      { name: "summary", worker: "sum-it-up", input: { text: "inputs.text", style: '"short"' }, retries: 5 },
      {
        name: "check",
        worker: "reviewer",
        after: ["summary"],
        when: "summary.outputs.score != null",
        input: {
          summary: "summary.outputs.summary",
          user: "inputs.user.name",
          all: "summary.outputs",
        },
      },
    ],
    limits: { timeout_seconds: 120 },
  });
});

it("refuses with file, line and reason what cannot be one, and ends with 2", async () => {
  verifies("gateway:names-what-cannot-be");
  await put("p.yaml", "name: counter\nworker_kind: processor\nprocessing_backend: a.b.Count\n");
  await put("ref.yaml", "name: typed\nsystem_prompt: Hi.\ninput_schema_ref: a.b.Model\n");
  await put("bad.yaml", "name: broken\nsystem_prompt: [\n");
  await put("tier.yaml", "name: turbo\nsystem_prompt: Hi.\n");
  const workers = [
    "{config: p.yaml}",
    "{config: ref.yaml}",
    "{config: bad.yaml}",
    "{config: tier.yaml, tier: turbo}",
    "{config: /etc/passwd}",
    "{config: ../../../../../../etc/hostname}",
    "{config: gone.yaml}",
    "{name: none}",
  ];
  const {
    entries,
    exitCode,
    workers: made,
  } = await importGateway(
    `name: demo\ntools:\n  workers:\n${workers.map((one) => `    - ${one}\n`).join("")}`,
  );
  expect(exitCode).toBe(2);
  expect(made).toEqual([]);
  expect(entries.slice(1).map(({ status, line }) => [status, line])).toEqual(
    workers.map((_, at) => ["refused", at + 4]),
  );
  const reasons = entries.slice(1).map(({ reason }) => reason);
  expect(reasons[0]).toContain("the Python class a.b.Count");
  expect(reasons[1]).toContain("input_schema_ref on line 3");
  expect(reasons[2]).toMatch(/bad\.yaml, line \d/);
  expect(reasons[3]).toContain("The tier turbo");
  for (const reason of reasons.slice(4, 7)) expect(reason).toContain("There is no file");
  expect(reasons[7]).toBe("It names no config.");
});

it("follows no link out of the gateway's folders", async () => {
  const outside = await mkdtemp(join(tmpdir(), "floom-outside-"));
  try {
    await writeFile(join(outside, "w.yaml"), "name: stolen\nsystem_prompt: Hi.\n");
    await mkdir(join(cwd, "a", "configs", "mcp"), { recursive: true });
    await symlink(join(outside, "w.yaml"), join(cwd, "link.yaml"));
    const { entries } = await importGateway("name: demo\ntools:\n  workers:\n    - {config: link.yaml}\n");
    expect(entries[1]?.reason).toContain("There is no file link.yaml");
  } finally {
    await rm(outside, { recursive: true });
  }
});

it("refuses the second of two that would be called the same, and touches no folder that is there", async () => {
  verifies("gateway:no-collisions");
  await put("a.yaml", "name: docs.read\nsystem_prompt: Hi.\n");
  await put("b.yaml", "name: docs_read\nsystem_prompt: Hi.\n");
  const gateway = "name: demo\ntools:\n  workers:\n    - {config: a.yaml}\n    - {config: b.yaml}\n";
  const { entries, workers } = await importGateway(gateway);
  expect(workers).toEqual(["docs-read"]);
  expect(entries[2]).toMatchObject({ status: "refused", line: 5 });
  const again = await callCli(["gateway", "import", "configs/mcp/gateway.yaml", "--out", "made"], { cwd });
  expect(again.exitCode).toBe(5);
  expect(again.stderr).toContain("is there already");
  const check = await callCli(["gateway", "import", "configs/mcp/gateway.yaml", "--check"], { cwd });
  expect(check.stdout).toMatch(/tools\.workers\[0\] +docs\.read|tools\.workers\[0\] +a\.yaml +docs-read/);
  expect(check.stderr).toContain("nothing was written");
});

it("makes a council of a council, with agents for its bridges, judge and facilitator", async () => {
  verifies("gateway:import");
  await put(
    "configs/councils/panel.yaml",
    `name: panel
protocol: structured_debate
max_rounds: 3
convergence: {method: llm_judge, threshold: 0.7}
agents:
  - {name: Pro-Side, bridge: anthropic, bridge_config: {model: x}, role: Argues for it., sees_transcript_from: [all]}
  - {name: person, bridge: manual, role: Knows the customers.}
facilitator: {tier: frontier, synthesis_prompt: Write it down.}
`,
  );
  const { entries, workers } = await importGateway(
    "name: demo\ntools:\n  council: {enable: [start, stop, shout]}\n",
    "--model",
    "frontier=m/x",
  );
  expect(workers).toEqual(["panel-pro-side", "panel-judge", "panel-synthesis", "panel"]);
  expect(entries[1]).toMatchObject({
    status: "kept",
    tools: [
      { was: "council.start", is: "run_start" },
      { was: "council.stop", is: "council_stop" },
    ],
    left_out: [{ key: "tools.council.enable.2", line: 3 }],
  });
  expect(entries[2]?.left_out).toMatchObject([{ key: "agents.0.bridge_config", line: 6 }]);
  expect((await readMade("panel"))["council"]).toMatchObject({
    protocol: "debate",
    rounds: 3,
    convergence: { method: "judge", worker: "panel-judge", threshold: 0.7 },
    synthesis: "panel-synthesis",
    members: [
      { name: "pro_side", worker: "panel-pro-side" },
      { name: "person", human: true },
    ],
  });
  expect((await readMade("panel-synthesis"))["model"]).toBe("m/x");
});

it("makes a query worker of the query source that came with it, and says how its data gets there", async () => {
  verifies("gateway:import");
  const { entries } = await importGateway(`name: demo
tools:
  queries:
    - backend: heddle.contrib.duckdb.DuckDBQueryBackend
      actions: [search, filter, stats, get, vector_search]
      name_prefix: docs
      backend_config:
        db_path: data/docs.duckdb
        table_name: documents
        result_columns: [id, title]
        json_columns: [tags]
        filter_fields: {has_summary: "summary IS NOT NULL = ?", min_pages: "pages >= ?", title: "title = ?"}
        stats_groups: [title]
    - {backend: my.own.Backend, actions: [get], name_prefix: mine}
`);
  expect(entries[1]).toMatchObject({
    status: "converted",
    worker: "docs",
    tools: [
      { was: "docs_search", is: "docs__search" },
      { was: "docs_filter", is: "docs__filter" },
      { was: "docs_stats", is: "docs__stats" },
      { was: "docs_get", is: "docs__get" },
    ],
    left_out: [{ key: "tools.queries.0.actions.4", line: 5 }],
  });
  expect(entries[1]?.next.join()).toContain("export the table to docs/data/documents.csv");
  expect(entries[2]?.reason).toContain("my.own.Backend");
  expect((await readMade("docs"))["query"]).toMatchObject({
    source: { file: "data/documents.csv" },
    actions: ["search", "filter", "stats", "get"],
    filter_fields: {
      has_summary: { type: "boolean" },
      min_pages: { type: "integer" },
      title: { type: "string" },
    },
    columns: { id: "any", tags: "json", pages: "any" },
  });
});

it("keeps what the platform has by itself, and says what does not come along", async () => {
  verifies("gateway:import");
  const { entries } = await importGateway(`name: demo
tools:
  workshop: {configs_dir: configs/, enable: [worker, deadletter, magic]}
  session: {framework_dir: /srv/f, enable: [start, sync]}
resources: {workspace_dir: workspace, patterns: ["*.md"]}
`);
  expect(entries.map(({ kind, status, line }) => [kind, status, line])).toEqual([
    ["gateway", "kept", 1],
    ["workshop", "kept", 3],
    ["session", "kept", 4],
    ["resources", "converted", 5],
  ]);
  expect(entries[1]?.tools).toContainEqual({ was: "workshop.worker.list", is: "worker_list" });
  expect(entries[1]?.left_out.map(({ key }) => key)).toEqual([
    "tools.workshop.configs_dir",
    "tools.workshop.enable.2",
  ]);
  expect(entries[2]).toMatchObject({
    tools: [
      { was: "session.start", is: "session_start" },
      { was: "session.sync", is: "session_sync" },
    ],
    left_out: [{ key: "tools.session.framework_dir", line: 4 }],
  });
  expect(entries[3]?.next).toEqual(["floom contexts push workspace --name gateway-files"]);
});

it("runs the command that a processor ran, and with --stubs makes of every other one a script that fails and says so", async () => {
  verifies("gateway:import", "gateway:names-what-cannot-be");
  await put(
    "upper.yaml",
    `name: upper
worker_kind: processor
processing_backend: heddle.contrib.subprocess.SubprocessBackend
backend_config:
  command: [python3, -c, "import json,os,sys; print(json.dumps({'out': json.load(sys.stdin)['text'].upper() + os.environ['TAG']}))"]
  env: {TAG: "-\${payload.text}"}
  working_dir: /srv
input_schema: {type: object, required: [text], properties: {text: {type: string}}}
`,
  );
  await put("count.yaml", "name: counter\nworker_kind: processor\nprocessing_backend: a.b.Count\n");
  const gateway = "name: demo\ntools:\n  workers:\n    - {config: upper.yaml}\n    - {config: count.yaml}\n";
  const { entries, workers, exitCode } = await importGateway(gateway, "--stubs");
  expect([workers, exitCode]).toEqual([["upper", "counter"], 0]);
  expect(entries[1]?.left_out).toMatchObject([{ key: "backend_config.working_dir", line: 7 }]);
  expect(entries[2]?.next.join()).toContain("run.py is a stub");
  const runAs = (worker: string) =>
    promisify(execFile)(
      "python3",
      ["-c", "import run, json; print(json.dumps(run.run({'text': 'ab'}, None)))"],
      {
        cwd: join(cwd, "made", worker),
      },
    );
  expect(JSON.parse((await runAs("upper")).stdout)).toEqual({ out: "AB-ab" });
  await expect(runAs("counter")).rejects.toThrow("what a.b.Count does has yet to be written");
});

it("reads the types of a query's columns from its SQLite file, and takes that as it is", async () => {
  verifies("gateway:import");
  await mkdir(join(cwd, "data"), { recursive: true });
  const database = new DatabaseSync(join(cwd, "data", "docs.db"));
  database.exec(
    "CREATE TABLE documents (id INTEGER PRIMARY KEY, title TEXT, pages INT, seen TIMESTAMP, full_text TEXT)",
  );
  database.close();
  const { entries } = await importGateway(`name: demo
tools:
  queries:
    - backend: heddle.contrib.duckdb.DuckDBQueryBackend
      actions: [filter, get]
      name_prefix: docs
      backend_config: {db_path: data/docs.db, result_columns: [id, title, pages, seen], fts_fields: title}
`);
  expect(entries[1]?.next.join()).toContain("put it at docs/data/documents.sqlite");
  expect((await readMade("docs"))["query"]).toMatchObject({
    source: { file: "data/documents.sqlite" },
    columns: { id: "integer", title: "string", pages: "integer", seen: "any", full_text: "string" },
  });
});

it("names the schedules of an app that cannot be one, with their lines", async () => {
  verifies("gateway:names-what-cannot-be");
  await put("w.yaml", "name: worker-a\nsystem_prompt: Hi.\n");
  await put(
    "times.yaml",
    `schedules:
  - {name: a, interval_seconds: 420, dispatch_type: task, task: {worker_type: worker-a}}
  - {name: b, cron: "0 9 * * *", dispatch_type: task, task: {worker_type: gone}}
  - {name: c, cron: "0 9 * * *", dispatch_type: goal, goal: {instruction: x}}
  - {name: d, cron: "0 9 * * *", dispatch_type: task, task: {worker_type: worker-a}, expand_from: a.b}
`,
  );
  const { entries, exitCode } = await importGateway(
    "name: demo\nversion: 1.0.0\npython_package: x\nentry_configs: {workers: [w.yaml], schedulers: [times.yaml, none.yaml]}\n",
  );
  expect(exitCode).toBe(2);
  expect(entries.map(({ kind, status }) => [kind, status])).toEqual([
    ["app", "kept"],
    ["worker", "converted"],
    ["schedules", "refused"],
    ["schedules", "refused"],
  ]);
  expect(entries[0]?.left_out).toMatchObject([{ key: "python_package", line: 3 }]);
  expect(entries[2]?.left_out.map(({ line }) => line)).toEqual([2, 3, 4, 5]);
});
