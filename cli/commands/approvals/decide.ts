import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { readGivenJson } from "#contract/json";
import type { DecisionResult } from "#contract/approvals/approval";
import { approvalRoutes } from "#contract/approvals/routes";
import { inputsSchema } from "#contract/runs/run";
import type { Inputs } from "#contract/runs/run";
import type { Api } from "../../api.ts";
import { CliError } from "../../cli-error.ts";
import type { CommandContext } from "../../context.ts";
import { exitCodes } from "../../exit-code.ts";

/** The edited outputs of `--edit`: a JSON object, or @ and the path of a file that holds one. */
export async function readEdit(cwd: string, edit: string | undefined): Promise<Inputs | undefined> {
  if (edit === undefined) return undefined;
  const text = edit.startsWith("@") ? await readFile(resolve(cwd, edit.slice(1)), "utf8") : edit;
  const { value, why } = readObject(text.replace(/^\uFEFF/, ""));
  const parsed = inputsSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new CliError(`--edit must be a JSON object${why}.`, {
    exit: "usage",
    code: "bad_edit",
    hint: `Write e.g. --edit '{"body":"Hi"}' or --edit @draft.json.`,
  });
}

function readObject(text: string): { value: unknown; why: string } {
  try {
    return { value: readGivenJson(text), why: "" };
  } catch (error) {
    return { value: undefined, why: error instanceof Error ? `: ${error.message}` : "" };
  }
}

/** A decision on what `id` asks, which may be an approval or the run that asks. */
interface Decision {
  id: string;
  act: "approve" | "reject";
  json: { reason?: string; edited_output?: Inputs };
}

/** Sends a decision. A second one is refused: that is told, and is never tried again. */
export async function sendDecision(api: Api, { id, act, json }: Decision): Promise<DecisionResult> {
  const isRun = id.startsWith("run_");
  if (isRun) {
    const route = act === "approve" ? approvalRoutes.approveRun : approvalRoutes.rejectRun;
    return api.call(route, { params: { run: id }, json });
  }
  const route = act === "approve" ? approvalRoutes.approveApproval : approvalRoutes.rejectApproval;
  return api.call(route, { params: { approval: id }, json });
}

/** Tells what a decision led to. */
export function tellDecision({ output, json }: CommandContext, result: DecisionResult): number {
  if (json) output.document(result);
  else {
    output.line(`${result.approval_id} ${result.status}`);
    if (result.status === "pending") output.note("More people must approve it.");
    if (result.status === "approved") output.note(`  follow it  floom runs logs -f ${result.run_id}`);
  }
  return exitCodes.ok.code;
}
