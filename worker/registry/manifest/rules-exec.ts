import type { Manifest } from "#contract/manifest/manifest";
import { whyUnsafePath } from "#contract/safe-path";
import { entryEnding, planExec, scriptRuntime } from "./plan-exec.ts";
import type { Report } from "./report.ts";
import { didYouMean } from "../suggest.ts";
import { isReservedSecret } from "../declared.ts";
import { isBlank, itemsAt, mapAt, nodeAt, textAt, trimPath } from "./yaml-node.ts";
import type { MapEntry, MapNode, Place } from "./yaml-node.ts";

const SCRIPT_RUNTIMES = ["python311", "node22", "bash"];

/** What runs: entry, its file, and that script and agent are not mixed. `paths` are the files of the bundle. */
export function checkExec(root: MapNode, paths: ReadonlySet<string> | undefined, report: Report): void {
  if (mapAt(root, "exec") === undefined) return;
  const mode = textAt(root, "exec", "mode");
  if (mode === "http" || mode === "pipeline" || mode === "query" || mode === "council") {
    checkWithoutScript(root, mode, report);
    checkSecrets(root, report);
    return;
  }
  const entry = textAt(root, "exec", "entry");
  checkEntry(root, entry, report);
  checkKinds(root, entry, report);
  checkEntryFile(root, paths, report);
  checkRunner(root, report);
  checkSecrets(root, report);
}

/** Keys of exec that are for what runs in a sandbox. */
const SANDBOX_KEYS = ["entry", "command", "runtime", "resources", "template_profile", "reuse"];
const withoutScript = {
  http: { keys: [...SANDBOX_KEYS, "inputs", "outputs"], named: "declared HTTP tools run without a sandbox" },
  pipeline: { keys: SANDBOX_KEYS, named: "a pipeline runs without a sandbox" },
  council: { keys: [...SANDBOX_KEYS, "outputs"], named: "a council runs without a sandbox" },
  query: {
    keys: ["entry", "command", "runtime", "inputs", "outputs"],
    named: "a query has no code of its own",
  },
};

/** Kind of worker: that what runs is either a script, an agent, the tools of exposes, stages, members, or a query. */
function checkWithoutScript(root: MapNode, mode: keyof typeof withoutScript, report: Report): void {
  const { keys, named } = withoutScript[mode];
  for (const key of keys) {
    const found = nodeAt(root, "exec", key);
    if (isBlank(found) || found === undefined) continue;
    report.error(found, {
      code: "mixed_worker_kinds",
      message: `exec.${key} is for scripts; ${named}.`,
      fix: `Take ${key} out, or take mode: ${mode} out.`,
    });
  }
}

function placeOfKey(root: MapNode, key: string): Place {
  return nodeAt(root, "exec", key) ?? root.entries.get("exec")?.key ?? root;
}

function checkEntry(root: MapNode, entry: string | undefined, report: Report): void {
  if (entry === undefined) return;
  if (entryEnding(entry) === undefined) {
    report.error(placeOfKey(root, "entry"), {
      code: "bad_entry",
      message: `exec.entry ${entry} is neither a script nor an agent.`,
      fix: "Name a file that ends in .py, .js, .mjs, .sh (script) or .md (agent).",
    });
  }
  if (trimPath(entry).startsWith("inputs/")) {
    report.error(placeOfKey(root, "entry"), {
      code: "bad_entry",
      message: `exec.entry ${entry} lies in inputs/, which is for input files: what a folder has there never reaches a run.`,
      fix: "Move the script out of inputs/.",
    });
  }
  const reason = whyUnsafePath(trimPath(entry));
  if (reason === null) return;
  report.error(placeOfKey(root, "entry"), {
    code: "bad_path",
    message: `exec.entry ${reason}.`,
    fix: "Write a path relative to the folder, e.g. run.py.",
  });
}

/** Script and agent are told apart by the entry's ending, or without one by mode and runtime. */
function checkKinds(root: MapNode, entry: string | undefined, report: Report): void {
  const ending = entry === undefined ? undefined : entryEnding(entry);
  const mode = textAt(root, "exec", "mode");
  const runtime = textAt(root, "exec", "runtime");
  if (mode !== undefined && mode !== "functions") warnMode(root, report);
  if (mode === "functions") checkFunctions(root, ending, report);
  const saysAgent = mode === "agent" || runtime === "skill" || runtime === "none";
  const isAgent = (ending ?? (saysAgent ? ".md" : undefined)) === ".md";
  const mixtures = isAgent ? agentMixtures(root) : scriptMixtures(root);
  if (isAgent) warnAgentRuntime(root, report);
  for (const [key, what] of entry === undefined && !saysAgent ? [] : mixtures) {
    report.error(placeOfKey(root, key), {
      code: "mixed_worker_kinds",
      message: `${what}: a worker is either a script or an agent.`,
      fix: "Use SKILL.md with runtime skill, or run.py with python311, run.js with node22, run.sh with bash.",
    });
  }
  if (ending !== undefined && ending !== ".md") checkRuntime(root, { ending, runtime }, report);
}

/** The functions say what goes in, what comes out and what starts: nothing of it may be said twice. */
function checkFunctions(root: MapNode, ending: string | undefined, report: Report): void {
  if (ending === ".sh" || ending === ".md") {
    report.error(placeOfKey(root, "entry"), {
      code: "mixed_worker_kinds",
      message: "Only a Python or JavaScript file can be a worker of functions.",
      fix: "Name a .py, .js or .mjs file in exec.entry, or take mode: functions out.",
    });
  }
  for (const key of ["command", "inputs", "outputs"]) {
    if (isBlank(nodeAt(root, "exec", key))) continue;
    report.error(placeOfKey(root, key), {
      code: "mixed_worker_kinds",
      message: `exec.${key} is for scripts; a worker of functions is what their signatures say.`,
      fix: `Take ${key} out, or take mode: functions out.`,
    });
  }
}

/** What an agent cannot have: the key, and the sentence that says so. */
function agentMixtures(root: MapNode): [string, string][] {
  const mixtures: [string, string][] = [];
  if (!isBlank(nodeAt(root, "exec", "command"))) mixtures.push(["command", "An agent has no command"]);
  if (textAt(root, "exec", "mode") === "script")
    mixtures.push(["mode", "The entry is an agent's, the mode says script"]);

  return mixtures;
}

/** The entry has said what kind of worker it is, so that a script's runtime beside it changes nothing. */
function warnAgentRuntime(root: MapNode, report: Report): void {
  const runtime = textAt(root, "exec", "runtime") ?? "";
  if (!SCRIPT_RUNTIMES.includes(runtime)) return;
  report.warning(placeOfKey(root, "runtime"), {
    code: "runtime_differs",
    message: `The worker is an agent, for which the runtime ${runtime} means nothing.`,
    fix: "Write runtime: skill, or name a script in exec.entry.",
  });
}

function scriptMixtures(root: MapNode): [string, string][] {
  const runtime = textAt(root, "exec", "runtime") ?? "";
  const mixtures: [string, string][] = [];
  if (textAt(root, "exec", "mode") === "agent")
    mixtures.push(["mode", "The entry is a script, the mode says agent"]);
  if (runtime === "skill" || runtime === "none")
    mixtures.push(["runtime", `A script cannot have the runtime ${runtime}`]);

  return mixtures;
}

function checkRuntime(
  root: MapNode,
  { ending, runtime = "" }: { ending: string; runtime: string | undefined },
  report: Report,
): void {
  const usual = scriptRuntime(ending);
  if (!SCRIPT_RUNTIMES.includes(runtime) || runtime === usual) return;
  report.warning(placeOfKey(root, "runtime"), {
    code: "runtime_differs",
    message: `A ${ending} entry usually has the runtime ${usual}, not ${runtime}.`,
    fix: `Write ${usual}, unless the command starts the entry in its own way.`,
  });
}

function warnMode(root: MapNode, report: Report): void {
  report.warning(placeOfKey(root, "mode"), {
    code: "deprecated_key",
    message: "exec.mode is decided by the entry.",
    fix: "Remove mode.",
  });
}

function checkEntryFile(root: MapNode, paths: ReadonlySet<string> | undefined, report: Report): void {
  if (paths === undefined) return;
  const { entry } = planExec(readStatements(root), paths);
  if (paths.has(entry)) return;
  report.error(placeOfKey(root, "entry"), {
    code: "entry_missing",
    message: `The folder has no ${entry}, which exec.entry ${isBlank(nodeAt(root, "exec", "entry")) ? "is by default" : "names"}.${didYouMean(entry, paths)}`,
    fix: `Add ${entry} to the folder, or name the file that runs in exec.entry.`,
  });
}

/** The author's statements about what runs, as far as they are text. */
function readStatements(root: MapNode) {
  const entry = textAt(root, "exec", "entry");
  return {
    entry: entry === undefined ? undefined : trimPath(entry),
    mode: textAt(root, "exec", "mode"),
    command: textAt(root, "exec", "command"),
    runtime: textAt(root, "exec", "runtime"),
  };
}

function checkRunner(root: MapNode, report: Report): void {
  if (!textAt(root, "exec", "runner")?.startsWith("self-hosted")) return;
  report.warning(placeOfKey(root, "runner"), {
    code: "runner_unavailable",
    message: "Self-hosted runners cannot be used here; runs of this worker are refused.",
    fix: "Write runner: e2b.",
  });
}

function checkSecrets(root: MapNode, report: Report): void {
  const seen = new Set<string>();
  for (const item of [...itemsAt(root, "exec", "secrets"), ...itemsAt(root, "capabilities", "secrets")]) {
    const name = textAt(item) ?? "";
    if (isReservedSecret(name)) {
      report.warning(item, {
        code: "reserved_secret",
        message: `${name} belongs to the platform and is not handed to the worker.`,
        fix: "Remove it, or choose another name for the worker's own secret.",
      });
    }
    if (itemsAt(root, "exec", "secrets").indexOf(item) > 0 && seen.has(name))
      report.warning(item, { code: "duplicate_name", message: `${name} is listed twice.`, fix: "Keep one." });
    seen.add(name);
  }
}

/** Where a file says in its older spelling what runs: `entrypoint`, else the first of `entrypoints`. */
export function findEntrypoint(root: MapNode): MapEntry | undefined {
  const list = nodeAt(root, "entrypoints");
  const first = list?.kind === "list" ? list.items[0] : undefined;
  return root.entries.get("entrypoint") ?? (first?.kind === "map" ? first.entries.get("path") : undefined);
}

/**
 * Tells of an `entrypoint` that names another file than the one that runs. `written` is worker.yml with that key; what
 * runs is known only from all that exec says and, where that is not enough, from the folder.
 */
export function checkEntrypoint(manifest: Manifest, written: MapNode, report: Report): void {
  const older = findEntrypoint(written);
  if (older?.value.kind !== "scalar" || typeof older.value.value !== "string") return;
  const path = older.value.value;
  const { entry } = manifest.exec;
  if (trimPath(path) === trimPath(entry)) return;
  report.warning(older.key, {
    code: "entrypoint_differs",
    message: `entrypoint says ${path}, but ${entry} is what runs: what exec says counts.`,
    fix: "Remove entrypoint, and name the file that runs in exec.entry.",
  });
}
