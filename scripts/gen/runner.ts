import { createHash } from "node:crypto";
import { buildRunnerArchive } from "../build/runner-archive.ts";
import type { Generator } from "./generator.ts";

/** The program that runs inside a sandbox, as a module of the edge: a Python zip application in base64, and its digest. */
export const runnerArchive: Generator = { file: "worker/sandboxes/runner.gen.ts", render };

async function render(): Promise<string> {
  const archive = await buildRunnerArchive();
  const digest = createHash("sha256").update(archive).digest("hex");
  return [
    "// Generated from runner/ by `npm run gen`. Change that, not this.",
    `export const runnerDigest = "${digest}";`,
    `export const runnerArchiveBase64 =`,
    `  "${Buffer.from(archive).toString("base64")}";`,
    "",
  ].join("\n");
}
