import type { ActionDefinition } from "#contract/actions/action";
import type { ManifestFinding } from "#contract/manifest/manifest";
import type { BundleProblem } from "../bundle/bundle-file.ts";
import { isReservedSecret } from "../declared.ts";
import type { TypingFinding } from "../infer/finding.ts";
import { inferPython } from "../infer/infer-python.ts";
import type { InferredAction } from "../infer/infer-python.ts";
import { detectJavaScriptSecrets } from "../javascript/secret-reads.ts";
import { openPythonBundle } from "../python/python-bundle.ts";
import { isJavaScript } from "./is-javascript.ts";
import { hasTypedExports, inferExports, noExports, onlyDefines } from "./read-javascript-functions.ts";
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

/** Reads the actions of a Python or JavaScript entry from the sources alone; nothing is run. Pure. */
export function readFunctions(sources: ReadonlyMap<string, string>, entry: string): FunctionsReading {
  const isScript = isJavaScript(entry);
  const { actions, findings } = isScript ? inferExports(sources, entry) : inferPython(sources, entry);
  const errors = findings.filter(({ severity }) => severity === "error");
  const none =
    actions.length === 0 && errors.length === 0 ? [isScript ? noExports(entry) : noActions(entry)] : [];
  return {
    actions: actions.map(toDefinition),
    secrets: listSecrets(sources, isScript),
    problems: [...errors.map(toProblem), ...none],
    warnings: findings.filter(({ severity }) => severity === "warning").map(toWarning),
  };
}

/** Those of the files that are of the entry's language: what else lies there is not what it runs. */
function listSecrets(sources: ReadonlyMap<string, string>, isScript: boolean): string[] {
  const own = [...sources].filter(([path]) => isJavaScript(path) === isScript);
  const read = isScript ? detectJavaScriptSecrets : readSecretNames;
  return [...new Set(own.flatMap(([, source]) => read(source)))].filter((name) => !isReservedSecret(name));
}

/**
 * Whether a file beside a worker.yml that does not say so is one of functions: they are decorated as actions, or
 * it only defines public ones, has no `run` that the runner calls, and does nothing of its own. Of a JavaScript file: it
 * only defines, and exports a function whose JSDoc says a type. Pure.
 */
export function isOfFunctions(sources: ReadonlyMap<string, string>, entry: string): boolean {
  const source = sources.get(entry);
  if (isJavaScript(entry)) return source !== undefined && hasTypedExports(source) && onlyDefines(source);
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
  const other = action === null ? "" : ` If it is only a helper, ${hide(file, action)}.`;
  return { file, line, column, code, message, fix: fix + other };
}

function hide(file: string, action: string): string {
  return isJavaScript(file) ? "do not export it" : `call it _${action.replace(/^_+/, "")}`;
}

function toWarning({ file, line, column, code, message, fix }: TypingFinding): ManifestFinding {
  return { severity: "warning", code, pointer: "", file, line, column, message, fix };
}

function noActions(entry: string): BundleProblem {
  return {
    file: entry,
    code: "no_actions",
    message: `${entry} has no public function that could become an action.`,
    fix: "Define one, such as: def greet(name: str) -> str.",
  };
}
