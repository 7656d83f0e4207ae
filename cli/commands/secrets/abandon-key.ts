import { secretRoutes } from "#contract/secrets/routes";
import { usageError } from "../../cli-error.ts";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { abandonKeySpec } from "./specs.ts";

/** Gives up a workspace's key that opens no more, after it has said which secrets go with it. */
export const run: Run<typeof abandonKeySpec> = async (context, { options }) => {
  const { output, host, json } = context;
  const api = await context.api();
  if (!options.yes) {
    if (json || !host.stdin.isTerminal)
      throw usageError("Giving up the key of all secrets needs --yes here.");
    const secrets = await api.call(secretRoutes.listSecrets);
    const names = secrets.filter(({ status }) => status === "set").map(({ name }) => name);
    output.note(`These secrets are lost for good, and have to be set anew: ${names.join(", ") || "none"}.`);
    const answer = await output.ask(
      "Give them up? Do so only when the master key is nowhere any more. [y/N] ",
    );
    if (!/^y(es)?$/i.test(answer.trim())) {
      output.note("Nothing was given up.");
      return exitCodes.ok.code;
    }
  }
  const done = await api.call(secretRoutes.abandonKey);
  if (json) output.document(done);
  else {
    output.line(`The workspace has a new key. Lost: ${done.lost_secrets.join(", ") || "no secret"}.`);
    if (done.other_boxes > 0) {
      output.note(
        `${done.other_boxes} secrets of webhooks, alerts and workers' tokens do not open: rotate each.`,
      );
    }
  }
  return exitCodes.ok.code;
};
