import { spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { allScopes } from "#contract/access/access";
import { workspaceIdSchema } from "#contract/ids";
import { callCli } from "../../../test/support/cli-host.ts";
import { startFakeEdge } from "../../../test/support/fake-edge.ts";
import type { FakeEdge } from "../../../test/support/fake-edge.ts";
import { sampleRunSummary, sampleWorker } from "../../../test/support/sample-records.ts";
import { verifies } from "../../../test/verifies.ts";
import { commands } from "../table.ts";
import { findWorkerName } from "../../bundle/worker-source.ts";
import { renderCliReference } from "../../reference.ts";

let dir: string;
let edge: FakeEdge | undefined;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "floom-cli-"));
});
afterEach(async () => {
  await edge?.close();
  edge = undefined;
  await rm(dir, { recursive: true });
});

async function openEdge(sandboxes: "configured" | "missing" = "configured"): Promise<FakeEdge> {
  edge = await startFakeEdge({
    getHealth: () => ({
      status: "ok",
      version: "0.1.0",
      time: "2026-01-01T00:00:00.000Z",
      checks: {
        database: "ok",
        sandboxes,
      },
    }),
    getWorkspaceInfo: () => ({
      workspace_id: workspaceIdSchema.parse(`wsp_${"0".repeat(26)}`),
      workspace_name: "Home",
      principal: { kind: "owner", scopes: [...allScopes] },
    }),
    getStorage: () => ({
      retention_days: 90,
      stored: [{ kind: "runs", count: 3, size_bytes: null, oldest_at: null, goes_at: null }],
      next_look_at: "2026-01-03T03:00:00.000Z",
      last_look: null,
      being_deleted: 0,
    }),
    listWorkers: () => [sampleWorker(), sampleWorker({ id: "csv-enricher", name: "CSV: enricher" })],
    listRuns: () => ({ runs: [sampleRunSummary()], next_cursor: null }),
  });
  return edge;
}

describe("floom doctor", () => {
  it("finds everything in place", async () => {
    const { exitCode, stdout } = await callCli(["doctor", "--json"], { edge: await openEdge() });
    expect(exitCode).toBe(0);
    const { ok, checks, storage } = JSON.parse(stdout);
    expect(ok).toBe(true);
    expect(checks.map(({ name }: { name: string }) => name).slice(0, 7)).toEqual([
      "server",
      "database",
      "sandboxes",
      "token",
      "storage",
      "retention",
      "node",
    ]);
    expect(storage).toMatchObject({ retention_days: 90, stored: [{ kind: "runs", count: 3 }] });
  });

  it("says what is stored and what goes when, and of an older server that it cannot", async () => {
    verifies("retention:report:what-goes-when");
    const told = await callCli(["doctor"], { edge: await openEdge() });
    expect(told.stdout).toContain("3 runs");
    expect(told.stdout).toContain(
      "ended runs are kept 90 days; next look 2026-01-03T03:00:00.000Z; none yet",
    );
    await edge?.close();
    edge = await startFakeEdge({
      getHealth: () => ({
        status: "ok",
        version: "0.0.9",
        time: "2026-01-01T00:00:00.000Z",
        checks: { database: "ok", sandboxes: "configured" },
      }),
      getWorkspaceInfo: () => ({
        workspace_id: workspaceIdSchema.parse(`wsp_${"0".repeat(26)}`),
        workspace_name: "Home",
        principal: { kind: "owner", scopes: [...allScopes] },
      }),
    });
    const older = await callCli(["doctor"], { edge });
    expect(older).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("cannot be told") });
  });

  it("says what is missing and how to get it", async () => {
    verifies("cli:doctor:says-what-is-missing");
    const away = await callCli(["doctor"], { env: { FLOOM_API_URL: "http://127.0.0.1:1" } });
    expect(away).toMatchObject({ exitCode: 6, stdout: expect.stringContaining("fix Check FLOOM_API_URL.") });
    const opened = await openEdge("missing");
    const stranger = await callCli(["doctor"], { edge: opened, env: { FLOOM_TOKEN: "wrong" } });
    expect(stranger.stdout).toContain("no sandbox server is configured");
    expect(stranger.stdout).toContain("the one from FLOOM_TOKEN is not accepted");
  });
});

describe("floom whoami", () => {
  it("shows workspace and server", async () => {
    const { stdout } = await callCli(["whoami"], { edge: await openEdge() });
    expect(stdout).toContain("Home (wsp_");
    expect(stdout).toMatch(/token from +FLOOM_TOKEN/);
  });
});

describe("floom init", () => {
  it("makes a folder of each template that names its worker, and says what to do next", async () => {
    verifies("cli:init:next-steps");
    for (const template of ["python", "node", "shell"]) {
      const { exitCode, stdout } = await callCli(["init", `my ${template}`, "-t", template], { cwd: dir });
      expect(exitCode).toBe(0);
      expect(stdout).toContain(`floom workers push 'my ${template}'`);
      const manifest = await readFile(join(dir, `my ${template}`, "worker.yml"), "utf8");
      expect(findWorkerName(manifest)).toBe(`my-${template}`);
      expect(manifest).toContain(`title: My ${template}\n`);
    }
  });

  it("replaces nothing", async () => {
    verifies("cli:init:next-steps");
    await writeFile(join(dir, "run.py"), "mine");
    const { exitCode, stderr } = await callCli(["init", ".", "--name", "my-worker"], { cwd: dir });
    expect(exitCode).toBe(5);
    expect(stderr).toContain("run.py");
    expect(await readFile(join(dir, "run.py"), "utf8")).toBe("mine");
  });

  it("refuses a name that is none", async () => {
    expect((await callCli(["init", "x", "--name", "No Good"], { cwd: dir })).exitCode).toBe(2);
    expect((await callCli(["init", "x", "--template", "cobol"], { cwd: dir })).exitCode).toBe(2);
  });
});

describe("completion", () => {
  async function complete(...words: string[]): Promise<string[]> {
    const { stdout } = await callCli(["__complete", ...words], { edge: edge ?? (await openEdge()) });
    return stdout.trim().split("\n");
  }

  it("offers commands, flags, choices, files and names", async () => {
    verifies("cli:completion:commands-flags-and-names");
    expect(await complete("")).toContain("workers\tDeploy and look after workers");
    expect(await complete("workers", "")).toContain(
      "push\tDeploy a folder: create the worker, or make a new version of it",
    );
    expect((await complete("run", "--")).map((line) => line.split("\t")[0])).toEqual([
      ":none",
      "--action",
      "--input",
      "--inputs-file",
      "--wait",
      "--no-wait",
      "--timeout",
      "--output-dir",
      "--force",
      "--hidden",
      "--priority",
      "--ttl",
      "--idempotency-key",
      "--json",
      "--help",
    ]);
    expect(await complete("run", "")).toEqual([
      ":none",
      "hello-worker\tHello worker",
      "csv-enricher\tCSV: enricher",
    ]);
    expect((await complete("runs", "show", ""))[1]).toMatch(/^run_\w+\thello-worker completed$/);
    expect(await complete("runs", "list", "-s", "")).toContain("failed\t");
    expect(await complete("runs", "list", "--worker", "")).toContain("csv-enricher\tCSV: enricher");
    expect(await complete("run", "-f", "")).toEqual([":files"]);
    expect(await complete("workers", "push", "--force", "")).toEqual([":folders"]);
    expect(await complete("workers", "rm", "")).toContain("hello-worker\tHello worker");
    expect(await complete("nonsense", "")).toEqual([":none"]);
  });

  it("stays silent when no server answers", async () => {
    const result = await callCli(["__complete", "run", ""], { env: { FLOOM_API_URL: "http://127.0.0.1:1" } });
    expect(result).toEqual({ exitCode: 0, stdout: ":none\n", stderr: "" });
  });

  it("has scripts that the shells accept, as far as the shells are here", async () => {
    verifies("cli:completion:commands-flags-and-names");
    for (const shell of ["bash", "zsh", "fish"]) {
      const { stdout } = await callCli(["completion", shell]);
      expect(stdout).toContain("floom __complete");
      const { error, status, stderr } = spawnSync(shell, ["-n"], { input: stdout, encoding: "utf8" });
      if (error === undefined) expect({ shell, status, stderr }).toEqual({ shell, status: 0, stderr: "" });
    }
    expect((await callCli(["completion", "tcsh"])).exitCode).toBe(2);
  });

  it("fills in a worker's name in bash itself", async () => {
    verifies("cli:completion:commands-flags-and-names");
    const { stdout: script } = await callCli(["completion", "bash"]);
    const fake = "floom() { printf ':none\\nhello-worker\\tHello\\nother\\tOther\\n'; }";
    const type = 'COMP_WORDS=(floom run he); COMP_CWORD=2; _floom; printf "%s\\n" "${COMPREPLY[@]}"';
    const { stdout } = spawnSync("bash", ["-c", `${fake}\n${script}\n${type}`], { encoding: "utf8" });
    expect(stdout).toBe("hello-worker\n");
  });
});

describe("help and reference", () => {
  it("shows examples for every command", async () => {
    verifies("cli:help:examples");
    for (const { spec } of commands) {
      const { exitCode, stdout } = await callCli([...spec.name.split(" "), "--help"]);
      expect(exitCode).toBe(0);
      expect(spec.examples.length).toBeGreaterThan(0);
      for (const { line } of spec.examples) expect(stdout).toContain(line);
    }
  });

  it("covers every command, option and exit code in the reference", () => {
    const page = renderCliReference();
    for (const { spec } of commands) {
      expect(page).toContain(`### floom ${spec.name}\n`);
      for (const { flags } of Object.values(spec.options)) expect(page).toContain(flags);
    }
    expect(page).toContain("| 130 |");
  });

  it("tells its version", async () => {
    expect((await callCli(["--version"])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    // Behind a command it is the command's own.
    const pulled = await callCli(["workers", "pull", "hello-worker", "--version", "2"]);
    expect(pulled.stdout).not.toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it("shows help and exits 2 when a command is missing", async () => {
    expect((await callCli(["workers"])).exitCode).toBe(2);
    expect((await callCli([])).exitCode).toBe(2);
  });
});
