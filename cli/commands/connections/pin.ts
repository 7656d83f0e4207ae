import { connectionRoutes } from "#contract/connections/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { usageError } from "../../cli-error.ts";
import type { pinConnectionSpec } from "./specs.ts";

/** Shows tools as they are now, and accepts them so. */
export const run: Run<typeof pinConnectionSpec> = async (context, { args, options }) => {
  const { output, host, json } = context;
  const params = { connection: args.connection };
  const api = await context.api();
  const { tools } = await api.call(connectionRoutes.listConnectionTools, { params });
  const listed = tools.filter(({ state }) => state !== "gone");
  const unknown = options.tool.filter((name) => !listed.some((tool) => tool.name === name));
  if (unknown.length > 0) throw usageError(`${args.connection} lists no tool ${unknown.join(", ")}.`);
  const chosen = listed.filter(({ name, state }) =>
    options.tool.length === 0 ? state !== "accepted" : options.tool.includes(name),
  );
  if (chosen.length === 0) {
    if (json) output.document({ tools, accepted: [] });
    else output.note("There is nothing to accept.");
    return exitCodes.ok.code;
  }
  for (const tool of chosen) output.note(`${tool.name} (${tool.state}): ${tool.description}`);
  if (!options.yes) {
    if (json || !host.stdin.isTerminal) throw usageError("Accepting tools needs --yes here.");
    const answer = await output.ask(
      `Accept ${chosen.length === 1 ? "it" : "them"} as it stands there? [y/N] `,
    );
    if (!/^y(es)?$/i.test(answer.trim())) {
      output.note("Nothing was accepted.");
      return exitCodes.ok.code;
    }
  }
  const wanted = chosen.map(({ name, digest }) => ({ name, digest }));
  const after = await api.call(connectionRoutes.pinConnectionTools, { params, json: { tools: wanted } });
  if (json) output.document({ ...after, accepted: wanted.map(({ name }) => name) });
  else output.line(`Accepted ${wanted.map(({ name }) => name).join(", ")}.`);
  return exitCodes.ok.code;
};
