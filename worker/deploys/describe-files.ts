import type * as z from "zod";
import type { workerFileSchema } from "#contract/workers/worker";
import type { BundleFile } from "../registry/bundle/bundle-file.ts";
import { decodeText } from "./judge-bundle.ts";

export type WorkerFile = z.infer<typeof workerFileSchema>;

/** Larger text is left out of the answer; it is in the bundle. */
const SHOWN_BYTES = 256 * 1024;

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

/** A file of a bundle as the API shows it. */
export function describeFile(file: BundleFile): WorkerFile {
  const text = decodeText(file.bytes);
  const extension = /\.([a-z0-9]+)$/i.exec(file.path)?.[1]?.toLowerCase() ?? "";
  return {
    path: file.path,
    language: Object.hasOwn(languages, extension) ? (languages[extension] ?? "text") : "text",
    content: file.bytes.byteLength > SHOWN_BYTES ? null : text,
    binary: text === null,
    size: file.bytes.byteLength,
  };
}

/** The text of the file at `path`, or null. */
export function textOf(files: readonly BundleFile[], path: string): string | null {
  const file = files.find((candidate) => candidate.path === path);
  return file === undefined ? null : decodeText(file.bytes);
}
