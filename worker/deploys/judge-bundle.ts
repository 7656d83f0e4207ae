import type { Manifest, ManifestFinding } from "#contract/manifest/manifest";
import type { ProblemError } from "#contract/problem";
import type { TemplateSpec } from "#contract/templates/template";
import { AppError } from "../platform/app-error.ts";
import { isTooLarge } from "../registry/bundle/bundle-file.ts";
import type { BundleFile, BundleProblem } from "../registry/bundle/bundle-file.ts";
import { checkFiles } from "../registry/bundle/check-files.ts";
import { checkScripts } from "../registry/bundle/check-scripts.ts";
import { isIgnored } from "#contract/manifest/ignored-files";
import type { Place } from "../registry/manifest/yaml-node.ts";
import { noPlaces, parseManifest } from "../registry/parse-manifest.ts";
import { readTemplate } from "../registry/template/read-template.ts";

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
  findings: ManifestFinding[];
  problems: BundleProblem[];
}

/** Judges files, whichever way they came: names, sizes, secrets, worker.yml and its entry. */
export async function judgeBundle(
  given: readonly BundleFile[],
  earlier: readonly BundleProblem[],
): Promise<BundleVerdict> {
  const files = given.filter((file) => !isIgnored(file.path));
  const { template, problems: ofTemplate } = await readTemplate(files);
  const problems = [...earlier, ...checkFiles(files), ...(await checkScripts(files)), ...ofTemplate];
  const unread = { files, manifest: null, template, ...noPlaces, findings: [] };
  const manifestFile = files.find((file) => file.path === MANIFEST_PATH);
  if (manifestFile === undefined) {
    // A zip that was refused shows no files: what is in it is not known.
    const missing = earlier.length > 0 && files.length === 0 ? [] : [missingManifest(files)];
    return { ...unread, problems: [...problems, ...missing] };
  }
  const source = decodeText(await manifestFile.read());
  if (source === null) return { ...unread, problems: [...problems, notText] };
  const parsed = parseManifest(source, { paths: new Set(files.map((file) => file.path)) });
  const both = template !== null && parsed.templatePlace !== null ? [twoTemplates] : [];
  return { files, ...parsed, template, problems: [...problems, ...both] };
}

/** The verdict's manifest; throws `invalid_bundle`, `bundle_too_large` or `invalid_manifest` with every reason. */
export function requireGoodBundle(verdict: BundleVerdict): Manifest {
  const { manifest, problems, findings } = verdict;
  if (problems.length > 0) throw refuseBundle(problems, manifestErrors(findings));
  if (manifest === null) throw refuseManifest(findings);
  return manifest;
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

function missingManifest(files: readonly BundleFile[]): BundleProblem {
  const other = files.find((file) => /(^|\/)(worker|floom)\.ya?ml$/i.test(file.path));
  if (other !== undefined) {
    return {
      file: other.path,
      code: "missing_manifest",
      message: `The folder has no worker.yml at its top, only ${other.path}.`,
      fix: "Call the file worker.yml and put it at the top of the folder.",
    };
  }
  return {
    file: MANIFEST_PATH,
    code: "missing_manifest",
    message: "The folder has no worker.yml; a script alone does not say what it takes and gives.",
    fix: "Add worker.yml; `floom init` writes one to start from.",
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
