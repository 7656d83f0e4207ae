import type { ActionDefinition } from "#contract/actions/action";
import type { ManifestFinding } from "#contract/manifest/manifest";
import type { BundleProblem } from "../bundle/bundle-file.ts";
import { isReservedSecret } from "../declared.ts";
import type { TypingFinding } from "../infer/finding.ts";
import { inferPython } from "../infer/infer-python.ts";
import type { InferredAction } from "../infer/infer-python.ts";
import { inferJavaScript } from "../javascript/infer-javascript.ts";
import { isOfExports } from "../javascript/is-of-exports.ts";
import { readScriptSecrets } from "../javascript/read-script-secrets.ts";
import { openPythonBundle } from "../python/python-bundle.ts";
import { readSecretNames } from "./read-secret-names.ts";

/** What the functions of an entry make of a folder. */
export interface FunctionsReading {
  actions: ActionDefinition[];
  /** Secrets that the code reads and has no default for. */
  secrets: string[];
  /** Why they cannot be a form as they are written. */
  problems: BundleProblem[];
  warnings: ManifestFinding[];
}

/** Whether a file is JavaScript, by its name. Pure. */
export function isJavaScript(path: string): boolean {
  return /\.m?js$/.test(path);
}

/** Reads the actions of a Python or JavaScript entry from the sources alone; nothing is run. Pure. */
export function readFunctions(sources: ReadonlyMap<string, string>, entry: string): FunctionsReading {
  const isScript = isJavaScript(entry);
  const { actions, findings } = isScript ? inferJavaScript(sources, entry) : inferPython(sources, entry);
  const errors = findings.filter(({ severity }) => severity === "error");
  const none = actions.length === 0 && errors.length === 0 ? [noActions(entry)] : [];
  return {
    actions: actions.map(toDefinition),
    secrets: [...new Set(namesIn(sources, isScript))].filter((name) => !isReservedSecret(name)),
    problems: [
      ...errors.map(toProblem),
      ...none,
      ...(isScript ? actions.filter(isTooLarge).map((action) => tooLarge(entry, action)) : []),
    ],
    warnings: findings.filter(({ severity }) => severity === "warning").map(toWarning),
  };
}

/** The secrets of the files that the entry's language can import. */
function namesIn(sources: ReadonlyMap<string, string>, isScript: boolean): string[] {
  const own = [...sources].filter(([path]) => isJavaScript(path) === isScript);
  return own.flatMap(([, source]) => (isScript ? readScriptSecrets(source) : readSecretNames(source)));
}

/** JavaScript is told its types in an environment variable, of which Linux takes 128 KiB. */
const SCHEMA_BYTES = 100 * 1024;

function isTooLarge({ input_schema, output_schema }: InferredAction): boolean {
  const text = JSON.stringify({ input_schema, output_schema });
  return new TextEncoder().encode(text).length > SCHEMA_BYTES;
}

function tooLarge(file: string, { line, name }: InferredAction): BundleProblem {
  return {
    file,
    line,
    code: "schema_too_large",
    message: `The types of ${name} are too large: their schemas take more than ${SCHEMA_BYTES / 1024} KiB.`,
    fix: "Take simpler types, or fewer fields.",
  };
}

/**
 * Whether a file beside a worker.yml that does not say so is one of functions: they are decorated as actions, or
 * it only defines public ones, has no `run` that the runner calls, and does nothing of its own. A JavaScript file is one by
 * what it exports. Pure.
 */
export function isOfFunctions(sources: ReadonlyMap<string, string>, entry: string): boolean {
  const source = sources.get(entry);
  if (isJavaScript(entry)) return source !== undefined && isOfExports(source);
  const module = openPythonBundle(sources).find(entry);
  if (source === undefined || module === null) return false;
  if (/^@(?:\w+\.)?action\b/m.test(source)) return true;
  if (module.functions.has("run") || DOES_SOMETHING.test(source)) return false;
  return inferPython(sources, entry).actions.length > 0;
}

/** A statement at the left edge that does something when the file is read: a call, a loop, the usual start of a script. */
const DOES_SOMETHING = /^(?:if\s+__name__\b|(?:for|while|with|try|async with)\b|[A-Za-z_][\w.]*\()/m;

function toDefinition({ name, title, description, input_schema, output_schema }: InferredAction) {
  return { name, title, description, input_schema, output_schema } satisfies ActionDefinition;
}

function toProblem({ file, line, column, code, message, fix, action }: TypingFinding): BundleProblem {
  // Whoever did not mean it as an action is told the other way out, too.
  const way = isJavaScript(file) ? "do not export it" : `call it _${(action ?? "").replace(/^_+/, "")}`;
  const other = action === null ? "" : ` If it is only a helper, ${way}.`;
  return { file, line, column, code, message, fix: fix + other };
}

function toWarning({ file, line, column, code, message, fix }: TypingFinding): ManifestFinding {
  return { severity: "warning", code, pointer: "", file, line, column, message, fix };
}

function noActions(entry: string): BundleProblem {
  return {
    file: entry,
    code: "no_actions",
    message: `${entry} has no public function that could become an action.`,
    fix: isJavaScript(entry)
      ? "Export one: export function greet(name) {}, with its types in JSDoc above it."
      : "Define one, such as: def greet(name: str) -> str.",
  };
}
