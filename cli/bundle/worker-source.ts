import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isMap, LineCounter, parseDocument } from "yaml";
import { formatLimit, limits } from "#contract/limits";
import { workerNameSchema } from "#contract/manifest/manifest";
import type { SourceFile } from "#contract/workers/worker";
import { expectManifest, listAnyFolder } from "./bundle.ts";
import { CliError } from "../cli-error.ts";

/** A folder as text, to have it checked without storing it; `files` are those besides worker.yml. */
export interface WorkerSourceText {
  /** Undefined for a folder that has none, as one of typed functions need not. */
  worker_yml: string | undefined;
  files: SourceFile[];
}

/** The manifest of a folder as it stands there, to show lines of it. */
export async function readManifest(dir: string): Promise<string> {
  const name = await expectManifest(dir);
  const bytes = await readFile(join(dir, name));
  if (isText(bytes)) return bytes.toString("utf8");
  const isUtf16 = bytes.subarray(0, 64).includes(0);
  throw new CliError(`${name} is not UTF-8 text${isUtf16 ? "; it looks like UTF-16" : ""}.`, {
    exit: "usage",
    code: "not_text",
    hint: "Save it as UTF-8. In Windows PowerShell, write it with Set-Content -Encoding utf8 instead of >.",
  });
}

/**
 * The worker that a manifest names, or undefined when that cannot be told for sure: broken YAML, or a manifest of an
 * older shape. Then the server's parser is to be asked, which knows all shapes.
 */
export function findWorkerName(manifest: string): string | undefined {
  const document = parseDocument(manifest, { lineCounter: new LineCounter() });
  if (document.errors.length > 0 || !isMap(document.contents)) return undefined;
  if (document.get("schema_version") !== "0.3") return undefined;
  const name = workerNameSchema.safeParse(document.get("name"));
  return name.success ? name.data : undefined;
}

/**
 * Reads what a push of the folder would send, as text (base64 where it is none). Throws as listFolder and readManifest
 * do.
 */
export async function readSource(dir: string): Promise<WorkerSourceText> {
  const { files } = await listAnyFolder(dir);
  const own = await expectManifest(dir).catch((error: unknown) => {
    // One of functions alone needs none.
    if (files.some(({ path }) => /\.(?:py|m?js)$/.test(path))) return undefined;
    throw error;
  });
  const manifest = own === undefined ? undefined : await readManifest(dir);
  const sources = await Promise.all(
    files.map(async ({ path, executable }) => ({
      ...toSourceFile(path, await readFile(join(dir, ...path.split("/")))),
      ...(executable ? { executable } : {}),
    })),
  );
  const sizeBytes = sources.reduce((sum, { content }) => sum + Buffer.byteLength(content), 0);
  if (sizeBytes > limits.source_body_bytes.value) {
    throw new CliError("The folder is too large to be checked without a push.", {
      exit: "usage",
      code: "source_too_large",
      hint: `At most ${formatLimit("source_body_bytes")} as text; \`floom workers push\` checks it all the same.`,
    });
  }
  return {
    worker_yml: manifest,
    files: sources.filter(({ path }) => path !== own),
  };
}

function toSourceFile(path: string, bytes: Buffer): SourceFile {
  return isText(bytes)
    ? { path, content: bytes.toString("utf8"), encoding: "utf-8" }
    : { path, content: bytes.toString("base64"), encoding: "base64" };
}

function isText(bytes: Buffer): boolean {
  const content = bytes.toString("utf8");
  return !content.includes("\0") && Buffer.from(content, "utf8").equals(bytes);
}
