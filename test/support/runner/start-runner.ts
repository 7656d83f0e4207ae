import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } from "@zip.js/zip.js";
import { buildConfigSchema, journalEntrySchema, runnerConfigSchema } from "#contract/runner/runner";
import type { BuildConfig, JournalEntry, RunnerConfig, RunnerResult } from "#contract/runner/runner";
import { limits } from "#contract/limits";
import { runnerArchiveBase64 } from "../../../worker/sandboxes/runner.gen.ts";
import { endProcessesOf } from "./end-processes.ts";
import { FakeEdge } from "./fake-edge.ts";

const PYTHON = "/usr/bin/python3";

/** A worker's folder by path, and what of the runner's configuration is special in a test. */
export interface Script {
  /** The bundle's bytes instead of a zip of `files`. */
  bundle?: Uint8Array;
  files: Record<string, string | Uint8Array>;
  entry?: string;
  command?: string;
  config?: Partial<Omit<RunnerConfig, "limits">>;
  limits?: Partial<RunnerConfig["limits"]>;
  /** The archive of the version's dependencies as the edge puts it into the sandbox, and the digest that it names. */
  dependencies?: { archive: Uint8Array; sha256: string };
  /** Contexts with their files by path, packed as the edge packs them. */
  contexts?: { name: string; writeable: boolean; files: Record<string, string> }[];
  /** Uploaded files by their declared path. */
  inputFiles?: Record<string, string>;
  environment?: Record<string, string>;
  /** Started as in a sandbox that brought the runner along, with a Python that waits to be the script. */
  brought?: boolean;
  /** Put before the runner's own command, e.g. `ulimit -f 100;`. */
  shellPrefix?: string;
}

/** A finished attempt: everything in it was parsed by the contract. */
export interface Attempt {
  entries: JournalEntry[];
  result: RunnerResult;
  /** The lines of the script's log. */
  lines: (stream?: "stdout" | "stderr" | "system") => string[];
}

/** A finished build, and what it left for runs: an archive and the digest that it says it has. */
export interface Built extends Attempt {
  kept: { archive: Buffer; sha256: string } | undefined;
}

/** One temporary home with the real archive in it, as the edge lays it out in a sandbox. */
export class RunnerLab {
  readonly edge: FakeEdge;
  readonly home: string;

  private constructor(edge: FakeEdge, home: string) {
    this.edge = edge;
    this.home = home;
  }

  static async open(): Promise<RunnerLab> {
    const edge = new FakeEdge();
    await edge.start();
    return new RunnerLab(edge, await mkdtemp(join(tmpdir(), "floom-runner-")));
  }

  async close(): Promise<void> {
    await endProcessesOf(this.home);
    await this.edge.stop();
    await rm(this.home, { recursive: true, force: true });
  }

  get workDir(): string {
    return join(this.home, "worker");
  }

  get journalPath(): string {
    return join(this.home, ".floom", "journal.ndjson");
  }

  /** Writes archive, bundle, uploads and configuration. */
  async prepare(script: Script): Promise<void> {
    const control = join(this.home, ".floom");
    await rm(control, { recursive: true, force: true });
    await rm(this.workDir, { recursive: true, force: true });
    await mkdir(join(control, "uploads"), { recursive: true });
    // As local sandboxes have it.
    await mkdir(join(this.home, "commands"), { recursive: true });
    await symlink(PYTHON, join(this.home, "commands", "python")).catch(() => undefined);
    await writeFile(join(control, "runner.pyz"), Buffer.from(runnerArchiveBase64, "base64"));
    await writeFile(join(control, "bundle.zip"), script.bundle ?? (await packBundle(script.files)));
    const uploads = Object.entries(script.inputFiles ?? {});
    const inputFiles = uploads.map(([path], index) => ({
      source: join(control, "uploads", `${index}`),
      path,
    }));
    await Promise.all(
      uploads.map(([, text], index) => writeFile(join(control, "uploads", `${index}`), text)),
    );
    await mkdir(join(control, "contexts"), { recursive: true });
    const contexts = (script.contexts ?? []).map(({ name, writeable }, index) => {
      return { name, writeable, archive: join(control, "contexts", `${index}.zip`) };
    });
    for (const [index, { files }] of (script.contexts ?? []).entries())
      await writeFile(join(control, "contexts", `${index}.zip`), await packBundle(files));
    const path = join(control, "dependencies.tar.gz");
    if (script.dependencies) await writeFile(path, script.dependencies.archive);
    const kept = script.dependencies ? { dependencies: { path, sha256: script.dependencies.sha256 } } : {};
    const config = { ...this.#buildConfig(script), input_files: inputFiles, contexts, ...kept };
    await writeFile(join(control, "run.json"), JSON.stringify(runnerConfigSchema.parse(config)));
  }

  /** Starts the runner on what `prepare` wrote; the promise is its exit code. */
  start(script: Pick<Script, "environment" | "shellPrefix" | "brought"> = {}): {
    pid: number;
    exited: Promise<number | null>;
  } {
    const program = script.brought
      ? this.#brought("--go")
      : `-I -S ${join(this.home, ".floom", "runner.pyz")}`;
    const { pid, exited } = this.#spawn(`${script.shellPrefix ?? ""} exec ${PYTHON} ${program}`, {
      ...(script.brought ? { PYTHONUNBUFFERED: "1" } : {}),
      ...script.environment,
    });
    return { pid, exited };
  }

  /** Starts the runner that waits to be told, as what enters a sandbox by that program if any; `ready` when it does. */
  wait(enter?: string): { pid: number; exited: Promise<number | null>; ready: Promise<void> } {
    const { pid, exited, output } = this.#spawn(
      `exec ${PYTHON} ${this.#brought(enter === undefined ? "--wait" : `--fork ${enter} --wait`)}`,
      {
        PYTHONUNBUFFERED: "1",
      },
    );
    return { pid, exited, ready: once(output, "data").then(() => undefined) };
  }

  #spawn(command: string, more: Record<string, string>) {
    const environment: Record<string, string> = {
      PATH: `${join(this.home, "commands")}:/usr/bin:/bin:${dirname(process.execPath)}`,
      HOME: this.home,
      LANG: "C.UTF-8",
      ...more,
    };
    const child = spawn("sh", ["-c", command], {
      // Not the test's own environment: the types ask for what the edge's bindings put there.
      env: environment as NodeJS.ProcessEnv,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const exited = once(child, "exit").then(([code]) => code as number | null);
    return { pid: child.pid ?? 0, exited, output: child.stdout };
  }

  /** The archive as a sandbox brings it along: how its program is started. */
  #brought(mode: string): string {
    const dir = join(this.home, "brought");
    if (!existsSync(dir))
      execFileSync(PYTHON, ["-m", "zipfile", "-e", join(this.home, ".floom", "runner.pyz"), dir]);
    return `${join(dir, "__main__.py")} ${mode} ${join(this.home, ".floom")} digest ${"-".repeat(160)}`;
  }

  /** Runs a script to its end and gives the journal that the edge has taken. */
  async run(script: Script): Promise<Attempt> {
    await this.prepare(script);
    await this.start(script).exited;
    return this.readAttempt();
  }

  /** Builds the dependencies of a script as a sandbox does that is for nothing else. */
  async build(script: Script, change: Partial<BuildConfig> = {}): Promise<Built> {
    await this.prepare(script);
    const control = join(this.home, ".floom");
    const archivePath = join(control, "dependencies.tar.gz");
    const config = buildConfigSchema.parse({
      mode: "build",
      attempt: 1,
      bundle_path: join(control, "bundle.zip"),
      work_dir: this.workDir,
      archive_path: archivePath,
      install_timeout_seconds: 60,
      limits: { ...readLimits(), dependencies_bytes: limits.dependencies_bytes.value },
      ...change,
    });
    await writeFile(join(control, "run.json"), JSON.stringify(config));
    await this.start(script).exited;
    const attempt = parseJournal(await readFile(this.journalPath, "utf8"));
    const file = attempt.entries.find((entry) => entry.type === "file");
    const kept = file ? { archive: await readFile(archivePath), sha256: file.sha256 } : undefined;
    return { ...attempt, kept };
  }

  /** Parses what the edge has; it must be what the runner has on disk. */
  async readAttempt(): Promise<Attempt> {
    const onDisk = await readFile(this.journalPath, "utf8");
    const taken = this.edge.journal.toString();
    if (this.edge.problems.length > 0) throw new Error(this.edge.problems.join("\n"));
    if (taken !== onDisk)
      throw new Error(`The edge took another journal than the runner wrote:\n${taken}\n${onDisk}`);
    return parseJournal(taken);
  }

  #buildConfig(script: Script): Omit<RunnerConfig, "input_files"> {
    const entry = script.entry ?? "run.py";
    return {
      run_id: "run_test",
      worker: "test-worker",
      attempt: 1,
      api_url: this.edge.url,
      run_token: this.edge.token,
      bundle_path: join(this.home, ".floom", "bundle.zip"),
      work_dir: this.workDir,
      entry,
      command: script.command ?? `python ${entry}`,
      runtime: "python311",
      inputs: {},
      output_files: [],
      output_scalars: [],
      secrets: {},
      environment: {},
      timeout_seconds: 20,
      install_timeout_seconds: 60,
      give_up_at: Date.now() + 60_000,
      flush_ms: 50,
      ...script.config,
      limits: { ...readLimits(), ...script.limits },
    };
  }
}

/** The entries of a journal's text; the last one must be the result. */
export function parseJournal(text: string): Attempt {
  const entries = text
    .trimEnd()
    .split("\n")
    .map((line) => journalEntrySchema.parse(JSON.parse(line)));
  const result = entries.at(-1);
  if (result?.type !== "result") throw new Error(`The journal does not end with a result:\n${text}`);
  const lines: Attempt["lines"] = (stream) =>
    entries.flatMap((entry) =>
      entry.type === "log" && (stream ?? entry.stream) === entry.stream ? entry.text.split("\n") : [],
    );
  return { entries, result, lines };
}

function readLimits(): RunnerConfig["limits"] {
  return {
    log_bytes: limits.log_bytes.value,
    log_tail_bytes: limits.log_tail_bytes.value,
    log_line_bytes: limits.log_line_bytes.value,
    journal_post_bytes: limits.journal_post_bytes.value,
    result_bytes: limits.result_bytes.value,
    inline_outputs_bytes: limits.inline_outputs_bytes.value,
    artifact_bytes: limits.artifact_bytes.value,
    artifacts_per_run: limits.artifacts_per_run.value,
  };
}

export async function packBundle(files: Script["files"]): Promise<Uint8Array> {
  const zip = new ZipWriter(new Uint8ArrayWriter(), { useWebWorkers: false });
  for (const [path, content] of Object.entries(files)) {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    await zip.add(path, new Uint8ArrayReader(bytes));
  }
  return zip.close();
}
