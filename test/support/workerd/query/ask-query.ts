import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { join } from "node:path";
import * as z from "zod";
import type { Json } from "#contract/json";
import type { QueryPlan } from "#contract/queries/query";
import { parseManifest } from "../../../../worker/registry/parse-manifest.ts";
import { buildQueryPlan, buildQuerySpec } from "../../../../worker/runs/spec/query-spec.ts";

const PYTHON = "/usr/bin/python3";
const PROGRAM = join(import.meta.dirname, "ask-all.py");
const RUNNER = join(import.meta.dirname, "..", "..", "..", "..", "runner");
const run = promisify(execFile);

const answerSchema = z.object({
  status: z.enum(["success", "error", "raised"]),
  outputs: z.record(z.string(), z.json()).optional(),
  error_code: z.string().optional(),
  error: z.string().optional(),
});
export type QueryAnswer = z.infer<typeof answerSchema>;

/** One question to the program that answers queries in a sandbox; `folder` holds the files. */
export interface Question {
  plan: QueryPlan;
  inputs: Record<string, Json>;
  folder: string;
}

/** What that program answers, in the order of the questions, all in one process. */
export async function askQueries(questions: readonly Question[]): Promise<QueryAnswer[]> {
  const asked = run(PYTHON, [PROGRAM, RUNNER], { maxBuffer: 256 * 1024 * 1024 });
  asked.child.stdin?.end(questions.map((question) => `${JSON.stringify(question)}\n`).join(""));
  const { stdout } = await asked;
  const lines = stdout.split("\n").filter((line) => line !== "");
  return lines.map((line) => answerSchema.parse(JSON.parse(line)));
}

/** The plan that a worker.yml gives for one of its actions. Throws its findings where it is refused. */
export function planOf(source: string, action: string): QueryPlan {
  const { manifest, findings } = parseManifest(source);
  const spec = manifest === null ? null : buildQuerySpec(manifest, action);
  if (spec?.action.name !== action) throw new Error(JSON.stringify(findings));
  return buildQueryPlan(spec);
}
