import type { Manifest, ManifestFinding } from "#contract/manifest/manifest";
import type { ProblemError } from "#contract/problem";
import type { TemplateSpec } from "#contract/templates/template";
import { AppError } from "../platform/app-error.ts";
import { adoptAgent } from "../registry/bundle/adopt-agent.ts";
import { fileOf, isTooLarge } from "../registry/bundle/bundle-file.ts";
import type { BundleFile, BundleProblem } from "../registry/bundle/bundle-file.ts";
import { checkFiles } from "../registry/bundle/check-files.ts";
import { checkScripts } from "../registry/bundle/check-scripts.ts";
import { readSuites } from "../registry/evals/parse-suites.ts";
import { isIgnored } from "#contract/manifest/ignored-files";
import { judgePackages } from "../registry/functions/judge-packages.ts";
import type { JudgedRequirements } from "../registry/functions/judge-requirements.ts";
import { judgeRequirements } from "../registry/functions/judge-requirements.ts";
import { readSources } from "../registry/functions/read-sources.ts";
import { chooseEntry, hasManifest, writeManifest } from "../registry/functions/write-manifest.ts";
import { openPythonBundle } from "../registry/python/python-bundle.ts";
import type { Place } from "../registry/manifest/yaml-node.ts";
import { whyOutlivesSandbox } from "../registry/sandbox-life.ts";
import { noPlaces, parseManifest } from "../registry/parse-manifest.ts";
import type { ParsedManifest } from "../registry/parse-manifest.ts";
import { withTable } from "../registry/query-manifest/judge-table.ts";
import { readTemplate } from "../registry/template/read-template.ts";
import { unpackBundle } from "../registry/unpack-bundle.ts";

const MANIFEST_PATH = "worker.yml";

/** All that can be said of a folder before anything is stored. */
export interface BundleVerdict {
  /** The files that would be stored. */
  files: BundleFile[];
  manifest: Manifest | null;
  /** What template.yml says; null without one, or when it is among the problems. */
  template: TemplateSpec | null;
  /** Where worker.yml names a template of the workspace; null where it does not. */
  templatePlace: Place | null;
  /** Where it declares secrets; null where it does not. */
  secretsPlace: Place | null;
  contextsPlace: Place | null;
  connectionsPlace: Place | null;
  placeAt: ParsedManifest["placeAt"];
  /** What worker.yml leaves open and the workspace may decide. */
  unsaid: ParsedManifest["unsaid"];
  findings: ManifestFinding[];
  problems: BundleProblem[];
}

/** A verdict on the same files with a workspace's variables in their places; the same one where none is of its tools. */
export async function withVariables(
  verdict: BundleVerdict,
  variables: Readonly<Record<string, string>>,
): Promise<BundleVerdict> {
  const isOfTools = verdict.manifest === null || verdict.manifest.http !== undefined;
  if (!isOfTools || Object.keys(variables).length === 0) return verdict;
  const again = await judgeBundle({ files: verdict.files, problems: [], variables });
  // What kept files from being read is known of the first look alone.
  return verdict.problems.length > 0 ? { ...again, problems: verdict.problems } : again;
}

/** What came in, and what is known of it beside its files. */
export interface GivenBundle {
  files: readonly BundleFile[];
  /** What kept files from being read. */
  problems: readonly BundleProblem[];
  /** What a folder without worker.yml is to be called; after its file where nobody says. */
  name?: string | undefined;
  /** What the workspace sets, by `worker.variable`: it takes the place of the defaults of worker.yml. */
  variables?: Readonly<Record<string, string>>;
  /** What the folder is called, which names a worker whose file is called as many are. */
  folder?: string | undefined;
}

/**
 * Judges files, whichever way they came: names, sizes, secrets, worker.yml and its entry. A folder of typed functions
 * needs no worker.yml: it gets one, which is stored with it. Nothing of the code is run.
 */
export async function judgeBundle({
  files: given,
  problems: earlier,
  name,
  folder,
  variables = {},
}: GivenBundle): Promise<BundleVerdict> {
  const written = [...adoptAgent(given.filter((file) => !isIgnored(file.path)))];
  const sources = await readSources(written);
  const made = makeManifest(written, sources, { name, folder });
  const files = made === null ? written : [...written, made];
  const { template, problems: ofTemplate } = await readTemplate(files);
  const { problems: ofEvals } = await readSuites(files);
  const problems = [
    ...earlier,
    ...checkFiles(files),
    ...(await checkScripts(files)),
    ...ofTemplate,
    ...ofEvals,
  ];
  const { functionProblems: _, ...places } = noPlaces;
  const unread = { files, manifest: null, template, ...places, findings: [] };
  const manifestFile = files.find((file) => file.path === MANIFEST_PATH);
  if (manifestFile === undefined) {
    // A zip that was refused shows no files: what is in it is not known.
    const missing = earlier.length > 0 && files.length === 0 ? [] : [missingManifest(files, sources)];
    return { ...unread, problems: [...problems, ...missing] };
  }
  const source = decodeText(await manifestFile.read());
  if (source === null) return { ...unread, problems: [...problems, notText] };
  const parsed = parseManifest(source, {
    paths: new Set(files.map((file) => file.path)),
    sources,
    variables,
  });
  const { functionProblems, ...declared } = parsed;
  const read = await withTable(declared, files);
  const both = template !== null && parsed.templatePlace !== null ? [twoTemplates] : [];
  const needs = await judgeNeeds(files, sources, parsed.manifest);
  return {
    ...read,
    files: needs.made === null ? files : [...files, needs.made],
    findings: [...read.findings, ...needs.warnings],
    template,
    problems: [...problems, ...both, ...functionProblems],
  };
}

/** What a folder of functions has to have installed, by the language of its entry. */
async function judgeNeeds(
  files: readonly BundleFile[],
  sources: ReadonlyMap<string, string>,
  manifest: Manifest | null,
): Promise<JudgedRequirements> {
  const { exec } = manifest ?? {};
  if (exec?.mode !== "functions") return { made: null, warnings: [] };
  return exec.entry.endsWith(".py")
    ? judgeRequirements(files, { sources, entry: exec.entry })
    : { made: null, warnings: await judgePackages(files, sources) };
}

/** worker.yml for a folder of typed functions that has none; null for every other folder. */
function makeManifest(
  files: readonly BundleFile[],
  sources: ReadonlyMap<string, string>,
  { name, folder }: Pick<GivenBundle, "name" | "folder">,
): BundleFile | null {
  const entry = hasManifest(files) || sources.size === 0 ? null : chooseEntry(sources);
  if (entry === null) return null;
  const docstring = entry.endsWith(".py") ? (openPythonBundle(sources).find(entry)?.docstring ?? null) : null;
  return fileOf(MANIFEST_PATH, new TextEncoder().encode(writeManifest({ name, folder, entry, docstring })));
}

/** The verdict's manifest; throws `invalid_bundle`, `bundle_too_large` or `invalid_manifest` with every reason. */
export function requireGoodBundle(verdict: BundleVerdict): Manifest {
  const { manifest, problems, findings } = verdict;
  if (problems.length > 0) throw refuseBundle(problems, manifestErrors(findings));
  if (manifest === null) throw refuseManifest(findings);
  return manifest;
}

/** Throws `invalid_manifest` for a time limit that no sandbox of the provider's plan lives up to. */
export function assertSandboxLives({ limits: { timeout_seconds } }: Manifest, lifeSeconds: number): void {
  const detail = whyOutlivesSandbox(timeout_seconds, lifeSeconds);
  if (detail === null) return;
  const errors = [{ pointer: "/limits/timeout_seconds", code: "out_of_range", detail, file: "worker.yml" }];
  throw new AppError("invalid_manifest", detail, { errors });
}

/** UTF-8 text, or null for bytes that are something else. */
export function decodeText(bytes: Uint8Array): string | null {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
    return text.includes("\0") ? null : text;
  } catch {
    return null;
  }
}

/** What is wrong in worker.yml comes along, so that one more push is enough. */
function refuseBundle(problems: readonly BundleProblem[], others: readonly ProblemError[]): AppError {
  const lines = problems.slice(0, 3).map(({ file, line, message }) => describePlace(file, line) + message);
  const errors = problems.map(({ file, message, ...rest }): ProblemError => {
    return { pointer: "", detail: message, ...rest, ...(file === "" ? {} : { file }) };
  });
  const code = problems.some(isTooLarge) ? "bundle_too_large" : "invalid_bundle";
  const detail = lines.join(" ") + more(errors.length + others.length - lines.length);
  return new AppError(code, detail, { errors: [...errors, ...others] });
}

function describePlace(file: string, line: number | undefined): string {
  if (file === "") return "";
  return line === undefined ? `${file}: ` : `${file}, line ${line}: `;
}

function refuseManifest(findings: readonly ManifestFinding[]): AppError {
  const errors = manifestErrors(findings);
  const lines = errors.slice(0, 3).map(({ line, detail }) => `Line ${line}: ${detail}`);
  return new AppError("invalid_manifest", lines.join(" ") + more(errors.length - lines.length), { errors });
}

function manifestErrors(findings: readonly ManifestFinding[]): ProblemError[] {
  const wrong = findings.filter((finding) => finding.severity === "error");
  return wrong.map(({ pointer, message, code, fix, line, column }) => {
    return { pointer, detail: message, code, fix, file: MANIFEST_PATH, line, column };
  });
}

function more(count: number): string {
  return count > 0 ? ` And ${count} more.` : "";
}

function missingManifest(files: readonly BundleFile[], sources: ReadonlyMap<string, string>): BundleProblem {
  const other = files.find((file) => /(^|\/)(worker|floom)\.ya?ml$/i.test(file.path));
  if (other !== undefined) {
    return {
      file: other.path,
      code: "missing_manifest",
      message: `The folder has no worker.yml at its top, only ${other.path}.`,
      fix: "Call the file worker.yml and put it at the top of the folder.",
    };
  }
  const unread = files.find(({ path }) => /^[^/]+\.(?:py|m?js)$/.test(path) && !sources.has(path));
  if (unread !== undefined) return unreadSource(unread.path);
  return {
    file: MANIFEST_PATH,
    code: "missing_manifest",
    message: "The folder has no worker.yml; a script alone does not say what it takes and gives.",
    fix: "Add worker.yml (`floom init` writes one to start from), or define a typed function in a .py file: def greet(name: str) -> str; in a .js file, export one with JSDoc.",
  };
}

function unreadSource(path: string): BundleProblem {
  return {
    file: path,
    code: "not_text",
    message: `No signature is read from ${path}: it is not UTF-8 text, or too large for a source.`,
    fix: "Save it as UTF-8, whatever its first line says of its encoding; or add worker.yml.",
  };
}

const twoTemplates: BundleProblem = {
  file: "template.yml",
  code: "two_templates",
  message: "The folder has template.yml, and worker.yml names another template by exec.template_profile.",
  fix: "Keep one of the two.",
};

const notText: BundleProblem = {
  file: MANIFEST_PATH,
  code: "not_text",
  message: "worker.yml is not UTF-8 text.",
  fix: "Save it as UTF-8.",
};

/** `name` is what a folder without worker.yml is called: the worker that it is pushed to. */
export async function judgeZip(zip: Uint8Array, name?: string): Promise<BundleVerdict> {
  const { files, problems } = await unpackBundle(zip);
  return judgeBundle({ files, problems, name });
}
