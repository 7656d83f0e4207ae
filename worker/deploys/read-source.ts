import { fromBase64 } from "../platform/bytes.ts";
import type { SourceFile } from "#contract/workers/worker";
import { fileOf } from "../registry/bundle/bundle-file.ts";
import type { BundleFile, BundleProblem } from "../registry/bundle/bundle-file.ts";

/** A worker's source as it comes in JSON; `files` may name any file of the folder. */
export interface WorkerSource {
  worker_yml?: string | undefined;
  run_py?: string | undefined;
  skill_md?: string | undefined;
  files?: readonly SourceFile[] | undefined;
}

export interface SourceFiles {
  files: BundleFile[];
  problems: BundleProblem[];
}

const encoder = new TextEncoder();

/** The folder that a JSON source stands for: worker.yml, run.py, SKILL.md and the listed files. */
export function readSource(source: WorkerSource): SourceFiles {
  const named: SourceFile[] = [];
  if (source.worker_yml !== undefined)
    named.push({ path: "worker.yml", content: source.worker_yml, encoding: "utf-8" });
  if (source.run_py !== undefined) named.push({ path: "run.py", content: source.run_py, encoding: "utf-8" });
  if (source.skill_md !== undefined)
    named.push({ path: "SKILL.md", content: source.skill_md, encoding: "utf-8" });
  return readSourceFiles([...named, ...(source.files ?? [])]);
}

/** Files as bytes. Text is kept byte for byte as UTF-8; base64 that cannot be read is a problem. */
export function readSourceFiles(files: readonly SourceFile[]): SourceFiles {
  const read = files.map((file) => ({ file, bytes: bytesOf(file) }));
  return {
    files: read.flatMap(({ file, bytes }) =>
      bytes === null ? [] : [fileOf(file.path, bytes, file.executable)],
    ),
    problems: read.filter(({ bytes }) => bytes === null).map(({ file }) => notBase64(file.path)),
  };
}

function bytesOf(file: SourceFile): Uint8Array | null {
  if (file.encoding === "utf-8") return encoder.encode(file.content);
  const compact = file.content.replaceAll(/\s/g, "");
  return compact.length % 4 === 0 ? fromBase64(compact) : null;
}

function notBase64(file: string): BundleProblem {
  return {
    file,
    code: "bad_base64",
    message: "The content is not base64.",
    fix: "Encode the bytes as base64, or leave out encoding and send text.",
  };
}

/**
 * The folder after an update: files of `update` take the place of those with the same path, all others stay, and a
 * file that stays in place stays executable.
 */
export function mergeFiles(current: readonly BundleFile[], update: readonly BundleFile[]): BundleFile[] {
  const updated = new Set(update.map((file) => file.path));
  const executable = new Set(current.filter((file) => file.executable).map((file) => file.path));
  return [
    ...current.filter((file) => !updated.has(file.path)),
    ...update.map((file) => ({ ...file, executable: file.executable || executable.has(file.path) })),
  ];
}
