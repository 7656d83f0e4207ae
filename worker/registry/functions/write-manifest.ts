import type { BundleFile } from "../bundle/bundle-file.ts";
import { openPythonBundle } from "../python/python-bundle.ts";
import { labelOf } from "../infer/typing.ts";
import { isJavaScript } from "./is-javascript.ts";
import { hasTypedExports } from "./read-javascript-functions.ts";
import { isOfFunctions, readFunctions } from "./read-functions.ts";

/** Names that say what starts, before any other file of the folder. */
const USUAL = ["app.py", "main.py", "api.py", "server.py"];
const USUAL_SCRIPTS = /^(?:app|main|api|server|index)\.[cm]?js$/;
const NEVER = /^(?:setup|conftest|noxfile|tasks|_\w*|test_\w+|\w+_test)\.py$/;
const NEVER_SCRIPTS = /^[._]|[.-](?:config|test|spec|setup|min)\.[cm]?js$/;

/**
 * The file whose functions a folder without worker.yml is made of; null where none has any. A file of that many faults
 * counts as well: its author is to read of them, not of a missing worker.yml. Pure.
 */
export function chooseEntry(sources: ReadonlyMap<string, string>): string | null {
  const all = [...sources.keys()].filter((path) => !path.includes("/"));
  const top = all.filter((path) => !isJavaScript(path) && !NEVER.test(path));
  const order = [
    ...USUAL.filter((path) => top.includes(path)),
    ...top.filter((path) => !USUAL.includes(path)),
  ];
  const readable = order.filter((entry) => !isPlainRun(sources, entry));
  const decorated = readable.find((entry) => /^@(?:\w+\.)?action\b/m.test(sources.get(entry) ?? ""));
  const good = readable.find((entry) => readFunctions(sources, entry).actions.length > 0);
  const faulty = readable.find((entry) => {
    return readFunctions(sources, entry).problems.some(({ code }) => code !== "no_actions");
  });
  const python = decorated ?? readable.find((entry) => isOfFunctions(sources, entry)) ?? good;
  return python ?? chooseScript(sources, all) ?? faulty ?? null;
}

/** The JavaScript file that exports typed functions: one that only defines them first, then one of a usual name. */
function chooseScript(sources: ReadonlyMap<string, string>, all: readonly string[]): string | undefined {
  const scripts = all.filter((path) => isJavaScript(path) && !NEVER_SCRIPTS.test(path));
  const order = [
    ...scripts.filter((path) => USUAL_SCRIPTS.test(path)),
    ...scripts.filter((path) => !USUAL_SCRIPTS.test(path)),
  ];
  const typed = order.filter((path) => hasTypedExports(sources.get(path) ?? ""));
  return typed.find((path) => isOfFunctions(sources, path)) ?? typed[0];
}

/** `def run(inputs, context)` without hints is called with what worker.yml declares, and only with that. */
function isPlainRun(sources: ReadonlyMap<string, string>, entry: string): boolean {
  const run = openPythonBundle(sources).find(entry)?.functions.get("run");
  const [first] = run?.parameters ?? [];
  return first !== undefined && first.annotation === null && /^_?inputs?$/.test(first.name);
}

export interface NewManifest {
  /** As whoever deploys it wants it called; else it is called after its file. */
  name?: string | undefined;
  /** What the folder is called, where that is known. */
  folder?: string | undefined;
  entry: string;
  /** What the file says of itself. */
  docstring: string | null;
}

/** worker.yml of a folder that has none and needs none. Pure. */
export function writeManifest({ name, folder, entry, docstring }: NewManifest): string {
  const stem = entry.replace(/^.*\//, "").replace(/\.(?:py|[cm]?js)$/, "");
  // Half of all files are called app.py: the folder tells them apart.
  const isUsual = USUAL.includes(entry) || USUAL_SCRIPTS.test(entry);
  const called = name ?? (isUsual && folder ? folder : stem);
  const title = labelOf(called.replaceAll("-", " "));
  const [summary = ""] = (docstring ?? "").trim().split(/\n\s*\n/);
  const lines = [
    'schema_version: "0.3"',
    `name: ${slugOf(called)}`,
    `title: ${JSON.stringify(title)}`,
    ...(summary === "" ? [] : [`description: ${JSON.stringify(summary.replaceAll(/\s+/g, " "))}`]),
    "version: 0.1.0",
    "exec:",
    "  mode: functions",
    `  entry: ${JSON.stringify(entry)}`,
  ];
  return `${lines.join("\n")}\n`;
}

/** A worker's name from any text: `Invoice_Splitter 2` is `invoice-splitter-2`. At least 3 characters. Pure. */
export function slugOf(text: string): string {
  const plain = text.normalize("NFKD").replaceAll(/\p{M}/gu, "");
  const words = plain.replaceAll(/([a-z0-9])([A-Z])/g, "$1-$2").toLowerCase();
  const slug = words
    .replaceAll(/[^a-z0-9]+/g, "-")
    .slice(0, 64)
    .replaceAll(/^-+|-+$/g, "");
  return slug.length >= 3 ? slug : `${slug === "" ? "my" : slug}-app`;
}

/** Whether worker.yml stands in a folder at all, under whichever name it is known. Pure. */
export function hasManifest(files: readonly Pick<BundleFile, "path">[]): boolean {
  return files.some((file) => /(^|\/)(worker|floom)\.ya?ml$/i.test(file.path));
}
