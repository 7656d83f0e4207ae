import type { WorkerMode } from "#contract/worker-mode";

/** The author's statements about what runs; each may be missing. */
export interface ExecStatements {
  entry: string | undefined;
  mode: string | undefined;
  command: string | undefined;
  runtime: string | undefined;
}

export interface ExecPlan {
  entry: string;
  mode: WorkerMode;
  command: string;
  runtime: "python311" | "node22" | "bash" | "skill" | "none";
}

interface ScriptKind {
  runtime: "python311" | "node22" | "bash";
  program: string;
  entry: string;
}

const kinds: Record<string, ScriptKind> = {
  ".py": { runtime: "python311", program: "python", entry: "run.py" },
  ".js": { runtime: "node22", program: "node", entry: "run.js" },
  ".mjs": { runtime: "node22", program: "node", entry: "run.mjs" },
  ".sh": { runtime: "bash", program: "bash", entry: "run.sh" },
};
/** What a worker of declared HTTP tools is, a pipeline or a council, stands in it. */
const MANIFEST = "worker.yml";
const AGENT_ENTRY = "SKILL.md";
const endings = [".py", ".js", ".mjs", ".sh", ".md"] as const;

/** The ending of an entry that says what kind of worker it is, or undefined when it is none of them. */
export function entryEnding(entry: string): (typeof endings)[number] | undefined {
  return endings.find((ending) => entry.endsWith(ending));
}

/** The runtime that belongs to a script's ending. */
export function scriptRuntime(ending: string): string | undefined {
  return kinds[ending]?.runtime;
}

/**
 * Decides entry, mode, command and runtime. The entry's ending is the word that counts; without an entry the script in
 * the command, the mode, the runtime, and at last what the bundle holds decide. Rules: Floom's manifest, section exec.
 */
export function planExec(said: ExecStatements, paths: ReadonlySet<string> | undefined): ExecPlan {
  if (said.mode === "http" || said.mode === "pipeline" || said.mode === "query" || said.mode === "council")
    return { entry: MANIFEST, mode: said.mode, command: "", runtime: "none" };
  const entry = said.entry ?? entryOfCommand(said.command) ?? entryOfWords(said) ?? entryOfBundle(paths);
  const kind = kinds[entryEnding(entry) ?? ""];
  if (kind === undefined)
    return { entry, mode: "agent", command: "", runtime: said.runtime === "none" ? "none" : "skill" };
  const declared = Object.values(kinds).find((known) => known.runtime === said.runtime)?.runtime;
  return {
    entry,
    mode: said.mode === "functions" && kind.runtime !== "bash" ? "functions" : "script",
    command: said.command ?? `${kind.program} ${quoteForShell(entry)}`,
    runtime: declared ?? kind.runtime,
  };
}

function entryOfCommand(command: string | undefined): string | undefined {
  return command
    ?.split(/\s+/)
    .find((word) => /^[\w./-]+\.(py|m?js|sh)$/.test(word))
    ?.replace(/^(\.\/)+/, "");
}

function entryOfWords({ mode, runtime, command }: ExecStatements): string | undefined {
  const kind = Object.values(kinds).find((known) => known.runtime === runtime);
  if (mode === "agent" || runtime === "skill" || runtime === "none") return AGENT_ENTRY;
  if (mode === "functions") return "app.py";
  if (kind !== undefined && (mode === "script" || command !== undefined)) return kind.entry;
  return mode === "script" ? "run.py" : undefined;
}

function entryOfBundle(paths: ReadonlySet<string> | undefined): string {
  const usual = [...Object.values(kinds).map((kind) => kind.entry), AGENT_ENTRY];
  return usual.find((path) => paths?.has(path)) ?? AGENT_ENTRY;
}

function quoteForShell(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
