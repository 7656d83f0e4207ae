import type * as z from "zod";
import type { workerFileSchema } from "#contract/workers/worker";
import type { BundleFile } from "../registry/bundle/bundle-file.ts";
import { decodeText } from "./judge-bundle.ts";

export type WorkerFile = z.infer<typeof workerFileSchema>;

/** Larger text is left out of the answer; it is in the bundle. */
const SHOWN_BYTES = 256 * 1024;
/** What all texts of one answer may take together: a bundle may hold more than the edge can put into an answer. */
const SHOWN_TOTAL_BYTES = 8 * 1024 * 1024;

const languages: Record<string, string> = {
  py: "python",
  js: "javascript",
  mjs: "javascript",
  cjs: "javascript",
  ts: "typescript",
  sh: "shell",
  yml: "yaml",
  yaml: "yaml",
  json: "json",
  md: "markdown",
  csv: "csv",
  html: "html",
  css: "css",
  sql: "sql",
  toml: "toml",
  xml: "xml",
};

/** The files of a bundle as the API shows them, one read after the other; the later ones without text once it is enough. */
export async function describeFiles(files: readonly BundleFile[]): Promise<WorkerFile[]> {
  const described: WorkerFile[] = [];
  let left = SHOWN_TOTAL_BYTES;
  for (const file of files) {
    const shown = await describeFile(file, Math.min(left, SHOWN_BYTES));
    if (shown.content !== null) left -= shown.size;
    described.push(shown);
  }
  return described;
}

async function describeFile(file: BundleFile, mostBytes: number): Promise<WorkerFile> {
  const text = decodeText(await file.read());
  const extension = /\.([a-z0-9]+)$/i.exec(file.path)?.[1]?.toLowerCase() ?? "";
  return {
    path: file.path,
    language: Object.hasOwn(languages, extension) ? (languages[extension] ?? "text") : "text",
    content: file.size > mostBytes ? null : text,
    binary: text === null,
    size: file.size,
  };
}

/** The text of the file at `path`, or null. */
export async function textOf(files: readonly BundleFile[], path: string): Promise<string | null> {
  const file = files.find((candidate) => candidate.path === path);
  return file === undefined ? null : decodeText(await file.read());
}
