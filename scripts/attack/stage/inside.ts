import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import type { RunDetail } from "#contract/runs/run";
import type { Area, Attempt, Control } from "../model/attempt.ts";
import type { Stage } from "./stage.ts";
import type { RunOptions } from "./yard.ts";

/** What a program can be handed. */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [name: string]: Value };

/** One thing that a script does: a function of `programs/` by its name, with its arguments. */
export interface Thing {
  id: string;
  way: string;
  with?: Readonly<Record<string, Value>>;
  patience?: number;
}

/** Attempts of one kind inside a sandbox: the control first, then a row for each. */
export interface Group {
  control: Omit<Thing, "id"> & { id: string; works: readonly string[] };
  /** For rows that name none of their own. */
  way?: string;
  refusals?: readonly string[];
  rows: readonly Row[];
}

type Row = Pick<Attempt, "id" | "wants"> &
  Partial<Pick<Attempt, "refusals" | "needs">> &
  Partial<Pick<Thing, "way" | "with" | "patience">>;

const sawSchema = z.object({ id: z.string(), saw: z.string() });
const PROGRAMS_DIR = join(import.meta.dirname, "..", "programs");

/** The manifest of a worker of the suite; `more` are further lines of it. */
export function buildManifest(name: string, more = "", title = "Attack"): string {
  return `schema_version: "0.3"
name: ${name}
title: ${title}
version: 0.1.0
exec:
  entry: run.py
  runtime: python311
  command: python run.py
  inputs:
    - { name: things, type: json, required: true }
  outputs:
    - { name: done, type: boolean }
limits:
  timeout_seconds: 120
${more}`;
}

/** The programs that try things, as files of a bundle. */
export function readPrograms(): Record<string, string> {
  const names = readdirSync(PROGRAMS_DIR).filter((name) => name.endsWith(".py"));
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(PROGRAMS_DIR, name), "utf8")]));
}

/** Pushes the programs as a worker, and answers its name. */
export async function pushPrograms(stage: Stage, kind: string, more = ""): Promise<string> {
  const name = stage.yard.name(kind);
  await stage.yard.push(name, { "worker.yml": buildManifest(name, more), ...readPrograms() });
  return name;
}

/** What the log says that was seen. */
export function readSightings(lines: readonly string[]): Map<string, string> {
  const seen = new Map<string, string>();
  for (const line of lines) {
    if (!line.startsWith("SAW ")) continue;
    const parsed = sawSchema.safeParse(parseJson(line.slice("SAW ".length)));
    if (parsed.success) seen.set(parsed.data.id, parsed.data.saw);
  }
  return seen;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Runs things in one run; what they name in braces is filled in from the stage. */
export async function tryInside(
  stage: Stage,
  worker: string,
  { things, ...options }: RunOptions & { things: readonly Thing[] },
): Promise<{ run: RunDetail; seen: Map<string, string> }> {
  const run = await stage.yard.run(worker, { things: fillIn(stage, things) }, options);
  return { run, seen: readSightings(await stage.yard.log(run.id)) };
}

/** Things with what only this stage knows in place of the words in braces. */
export function fillIn(stage: Stage, things: readonly Thing[]): z.infer<ReturnType<typeof z.json>>[] {
  const words: Record<string, string> = {
    canary: String(stage.canary.port),
    secret_file: stage.secretFile,
    secret_folder: stage.folder,
    boot_id: readBootId(),
    sandbox_pid: String(stage.own?.sandboxPid ?? 1_000_000),
    sandbox_port: stage.own === null ? "1" : new URL(stage.own.sandboxUrl).port,
    other: "run_01hzzzzzzzzzzzzzzzzzzzzzzz",
  };
  const text = JSON.stringify(things).replaceAll(
    /\{(canary|secret_file|secret_folder|boot_id|sandbox_pid|sandbox_port|other)\}/g,
    (_, word: string) => words[word] ?? "",
  );
  return z.array(z.json()).parse(JSON.parse(text));
}

/** This machine's; on another system nobody asks for it. */
function readBootId(): string {
  const file = "/proc/sys/kernel/random/boot_id";
  return existsSync(file) ? readFileSync(file, "utf8").trim() : "";
}

export interface InsideOptions {
  name: string;
  groups: readonly Group[];
  /** The kind of worker, when it is not the common one. */
  worker?: { kind: string; more: string };
  /** What happens on this machine meanwhile; answers what ends it. */
  meanwhile?: () => Promise<() => void>;
  /** What is seen besides what the script says. */
  after?: (stage: Stage, seen: Map<string, string>) => void;
}

/** An area whose attempts are all made in one run. */
export function buildInsideArea({ name, groups, worker, meanwhile, after }: InsideOptions): Area<Stage> {
  const full = (id: string): string => `${name}:${id}`;
  const controls: Control[] = groups.map(({ control }) => ({ id: full(control.id), works: control.works }));
  const attempts: Attempt[] = groups.flatMap((group) =>
    group.rows.map((row) => ({
      id: full(row.id),
      area: name,
      kind: "inside",
      wants: row.wants,
      refusals: row.refusals ?? group.refusals ?? [],
      control: full(group.control.id),
      ...(row.needs === undefined ? {} : { needs: row.needs }),
    })),
  );
  const things: Thing[] = groups.flatMap((group) =>
    [group.control, ...group.rows].map((row) => ({
      id: full(row.id),
      way: row.way ?? group.way ?? group.control.way,
      ...(row.with === undefined ? {} : { with: row.with }),
      ...(row.patience === undefined ? {} : { patience: row.patience }),
    })),
  );
  const look = async (stage: Stage): Promise<Map<string, string>> => {
    const pushed = await pushPrograms(stage, worker?.kind ?? "inside", worker?.more);
    const end = await meanwhile?.();
    const { seen, run } = await tryInside(stage, pushed, { things }).finally(() => end?.());
    // What was not reached because the run was ended from outside is told with the reason of that.
    const reason = run.error_code === null ? `run ${run.status}` : `run ${run.status}: ${run.error_code}`;
    for (const { id } of things) if (!seen.has(id)) seen.set(id, reason);
    after?.(stage, seen);
    return seen;
  };
  return { name, attempts, controls, look };
}
