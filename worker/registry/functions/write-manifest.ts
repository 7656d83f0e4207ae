import type { BundleFile } from "../bundle/bundle-file.ts";
import { openPythonBundle } from "../python/python-bundle.ts";
import { labelOf } from "../infer/typing.ts";
import { isJavaScript, isOfFunctions, readFunctions } from "./read-functions.ts";

/** Names that say what starts, before any other file of the folder. */
const USUAL = ["app", "main", "api", "server", "index"].flatMap((stem) =>
  [".py", ".js", ".mjs"].map((e) => stem + e),
);
/** Files of tools and tests, which define functions for them alone. */
const NEVER =
  /^(?:(?:setup|conftest|noxfile|tasks|_\w*|test_\w+|\w+_test)\.py|.*(?:config|rc|[._-]test|[._-]spec)\.m?js)$/;

/**
 * The file whose functions a folder without worker.yml is made of; null where none has any. A file of that many faults
 * counts as well: its author is to read of them, not of a missing worker.yml. Pure.
 */
export function chooseEntry(sources: ReadonlyMap<string, string>): string | null {
  const top = [...sources.keys()].filter((path) => !path.includes("/") && !NEVER.test(path));
  const usual = [
    ...USUAL.filter((path) => top.includes(path)),
    ...top.filter((path) => !USUAL.includes(path)),
  ];
  // A page's scripts may lie beside the Python that it belongs to.
  const order = usual.toSorted((a, b) => Number(isJavaScript(a)) - Number(isJavaScript(b)));
  const readable = order.filter((entry) => !isPlainRun(sources, entry));
  const decorated = readable.find((entry) => /^@(?:\w+\.)?action\b/m.test(sources.get(entry) ?? ""));
  const good = readable.find((entry) => readFunctions(sources, entry).actions.length > 0);
  const faulty = readable.find((entry) => {
    return readFunctions(sources, entry).problems.some(({ code }) => code !== "no_actions");
  });
  return decorated ?? readable.find((entry) => isOfFunctions(sources, entry)) ?? good ?? faulty ?? null;
}

/** `def run(inputs, context)` without hints is called with what worker.yml declares, and only with that. */
function isPlainRun(sources: ReadonlyMap<string, string>, entry: string): boolean {
  if (isJavaScript(entry)) return false;
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
  const stem = entry.replace(/^.*\//, "").replace(/\.(?:py|m?js)$/, "");
  // Half of all files are called app.py: the folder tells them apart.
  const called = name ?? (USUAL.includes(entry) && folder ? folder : stem);
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
