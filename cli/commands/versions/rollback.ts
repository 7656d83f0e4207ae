import { versionRoutes } from "#contract/versions/routes";
import { workerRoutes } from "#contract/workers/routes";
import { activationGuardSchema } from "#contract/versions/version";
import type { ActivationGuard } from "#contract/versions/version";
import type { Api } from "../../api.ts";
import { usageError } from "../../cli-error.ts";
import type { Run } from "../../command.ts";
import type { CommandContext } from "../../context.ts";
import { exitCodes } from "../../exit-code.ts";
import { renderVersionDiff } from "../../output/render-diff.ts";
import type { rollbackSpec } from "./specs.ts";

/** Activates another version: shows what changes, asks, and changes nothing if somebody was quicker. */
export const run: Run<typeof rollbackSpec> = async (context, { args, options }) => {
  const { output, json } = context;
  const api = await context.api();
  const force = options.force.map(readGuard);
  const { version: active } = await api.call(workerRoutes.getWorker, { params: { worker: args.worker } });
  const target = Number(args.version ?? active - 1);
  if (!Number.isInteger(target) || target < 1) {
    throw usageError(
      args.version === undefined
        ? `${args.worker} has only one version.`
        : `"${args.version}" is no version number.`,
      `\`floom versions list ${args.worker}\` shows what there is.`,
    );
  }
  if (!options.yes && !(await isWanted(context, api, { worker: args.worker, active, target }))) {
    output.note("Nothing was changed.");
    return exitCodes.ok.code;
  }
  const result = await api.call(versionRoutes.activateVersion, {
    params: { worker: args.worker, version: String(target) },
    json: { force, if_active: active },
  });
  if (json) output.document(result);
  else if (result.changed)
    output.line(`${args.worker} is on version ${target} now (it was ${result.previous}).`);
  else output.line(`${args.worker} is on version ${target} already.`);
  return exitCodes.ok.code;
};

function readGuard(name: string): ActivationGuard {
  const guard = activationGuardSchema.safeParse(name);
  if (guard.success) return guard.data;
  throw usageError(`--force takes ${activationGuardSchema.options.join(" or ")}, not "${name}".`);
}

async function isWanted(
  { output, host, json }: CommandContext,
  api: Api,
  { worker, active, target }: { worker: string; active: number; target: number },
): Promise<boolean> {
  if (json || !host.stdin.isTerminal) throw usageError(`Rolling ${worker} back needs --yes here.`);
  const params = { worker, version: String(active), other: String(target) };
  const diff = await api.call(versionRoutes.diffVersions, { params });
  for (const line of renderVersionDiff(diff, output.noteStyle)) output.note(line);
  const answer = await output.ask(`Put ${worker} from version ${active} to version ${target}? [y/N] `);
  return /^y(es)?$/i.test(answer.trim());
}
