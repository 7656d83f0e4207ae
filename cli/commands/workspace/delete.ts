import { retentionRoutes } from "#contract/retention/routes";
import { formatCount } from "#contract/words";
import { platformRoutes } from "#contract/system/routes";
import type { Api } from "../../api.ts";
import { usageError } from "../../cli-error.ts";
import type { Run } from "../../command.ts";
import type { CommandContext } from "../../context.ts";
import { exitCodes } from "../../exit-code.ts";
import { describeStored } from "../retention/render-storage.ts";
import type { deleteWorkspaceSpec } from "./specs.ts";

/** Deletes the workspace after its id was typed; without a terminal to ask at, --yes is demanded. */
export const run: Run<typeof deleteWorkspaceSpec> = async (context, { options }) => {
  const { output, host, json } = context;
  if (!options.yes && (json || !host.stdin.isTerminal))
    throw usageError("Deleting the workspace needs --yes here.");
  const api = await context.api();
  const { workspace_id: id } = await api.call(platformRoutes.getWorkspaceInfo);
  if (!options.yes && !(await isTyped(context, api, id))) {
    output.note("Nothing was deleted.");
    return exitCodes.ok.code;
  }
  const begun = await api.call(retentionRoutes.deleteWorkspace, { json: { confirm: id } });
  if (json) output.document(begun);
  else {
    output.line(`${id} is being deleted.`);
    const runs = `${formatCount(begun.runs_left, "run")} ${begun.runs_left === 1 ? "is" : "are"} left.`;
    output.note(
      `${runs} Until everything in it is gone its owner's token is refused, saying how much is left; then it makes a new, empty one.`,
    );
  }
  return exitCodes.ok.code;
};

async function isTyped({ output, connection }: CommandContext, api: Api, id: string): Promise<boolean> {
  const report = await api.call(retentionRoutes.getStorage);
  output.note(`${id} on ${connection().origin} has`);
  for (const line of describeStored(report)) output.note(`  ${line}`);
  const answer = await output.ask(
    `All of it goes, with its workers, triggers, approvals and tokens. Type ${id} to delete it: `,
  );
  return answer.trim() === id;
}
