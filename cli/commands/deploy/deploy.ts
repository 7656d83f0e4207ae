import { ApiProblem } from "#contract/client";
import { deployRoutes } from "#contract/deploys/routes";
import type { Deployed } from "#contract/deploys/deploy";
import type { ProblemError } from "#contract/problem";
import { formatCount } from "#contract/words";
import type { Run } from "../../command.ts";
import type { CommandContext } from "../../context.ts";
import { exitCodes } from "../../exit-code.ts";
import { renderFindings } from "../../output/render-findings.ts";
import { toFindings } from "../../output/show-findings.ts";
import { readDeployed } from "./read-deployed.ts";
import type { ToDeploy } from "./read-deployed.ts";
import type { deploySpec } from "./specs.ts";

/** Deploys a file, a folder or an archive, and says all that it takes to go on. */
export const run: Run<typeof deploySpec> = async (context, { args, options }) => {
  const deployed = await readDeployed(context, args.source);
  try {
    const api = await context.api();
    const { folder } = deployed;
    const answer = await api.call(deployRoutes.deployZip, {
      query: {
        ...(options.name === undefined ? {} : { name: options.name }),
        ...(folder === undefined ? {} : { folder: folder.slice(0, 200) }),
      },
      body: deployed.zip,
      headers: { "content-type": "application/zip" },
    });
    if (context.json) context.output.document(answer);
    else showDeployed(context, answer);
    return exitCodes.ok.code;
  } catch (error) {
    const errors = error instanceof ApiProblem ? (error.problem.errors ?? []) : [];
    const placed = errors.filter(({ file, line }) => file !== undefined && line !== undefined);
    if (context.json || placed.length === 0 || placed.length < errors.length) throw error;
    await showRefusal(context, deployed, placed);
    return exitCodes.usage.code;
  }
};

/** Each fault with its line, as a compiler shows it. */
async function showRefusal(
  { output }: CommandContext,
  { readText }: ToDeploy,
  errors: readonly ProblemError[],
): Promise<void> {
  for (const error of errors) {
    const file = error.file ?? "";
    const text = (await readText(file)) ?? "";
    const lines = renderFindings(toFindings([error]), { file, text, style: output.noteStyle });
    for (const line of lines) output.note(line);
  }
  output.note(`Not deployed: ${formatCount(errors.length, "error")}.`);
}

function showDeployed({ output }: CommandContext, deployed: Deployed): void {
  const { worker, version, created, changed, actions, missing_secrets: missing } = deployed;
  const { style } = output;
  for (const { file, line, message, fix } of deployed.warnings)
    output.note(`warning ${file ?? "worker.yml"}:${line} ${message} ${fix}`);
  const verb = created ? style.green("Created") : style.green("Deployed");
  output.line(
    changed
      ? `${verb} ${worker}, version ${version}.`
      : `${worker} is unchanged: version ${version} is ${deployed.state}.`,
  );
  if (deployed.state === "quarantined")
    output.note(`Nothing runs it before it is promoted. To review it: floom trust show ${worker} ${version}`);
  output.line(`page    ${deployed.url}`);
  for (const { name, api } of actions) output.line(`action  ${name}  POST ${api}`);
  output.line(`openapi ${deployed.openapi}`);
  output.line(`tools   ${deployed.tools.join(", ")}`);
  for (const { line, added, version: installed } of deployed.requirements) {
    const pin = installed ?? "pinned by its first build";
    output.line(`library ${line}  ${pin}${added ? ", added for an import" : ""}`);
  }
  for (const name of missing) output.line(`secret  ${name} is not set: floom secrets set ${name}`);
}
