import { secretRoutes } from "#contract/secrets/routes";
import { secretNameSchema } from "#contract/secrets/secret";
import { usageError } from "../../cli-error.ts";
import type { Run } from "../../command.ts";
import type { CommandContext } from "../../context.ts";
import { exitCodes } from "../../exit-code.ts";
import { valueIsAsked } from "./specs.ts";
import type { setSecretSpec } from "./specs.ts";
import { whyTooLong } from "./why-too-long.ts";

/** Sets a secret to what a person types unseen, or another program writes. */
export const run: Run<typeof setSecretSpec> = async (context, { args, options }) => {
  const { output, json } = context;
  // Judged here, as what is no name may be NAME=value, which must reach neither a server's log nor this one's.
  if (!secretNameSchema.safeParse(args.secret).success)
    throw usageError(`This is no name of a secret: that has capital letters, digits and _. ${valueIsAsked}`);
  if (options.inScript && (options.host.length > 0 || options.header !== undefined))
    throw usageError("--in-script gives the secret to scripts, and --host and --header keep it from them.");
  const api = await context.api();
  const value = await readValue(context, args.secret);
  if (value === "")
    throw usageError("There is no value: nothing was typed, and nothing came from standard input.");
  const tooLong = whyTooLong(value);
  if (tooLong !== null) throw usageError(`${args.secret} ${tooLong}.`);
  const secret = await api.call(secretRoutes.setSecret, {
    params: { secret: args.secret },
    json: {
      value,
      ...(options.worker.length === 0 ? {} : { workers: options.worker }),
      ...(options.inScript ? { hosts: [] } : options.host.length === 0 ? {} : { hosts: options.host }),
      ...(options.header === undefined ? {} : { header: options.header }),
    },
  });
  if (json) output.document(secret);
  else {
    output.line(`Set ${secret.name}, version ${secret.version}.`);
    if (secret.hosts.length > 0) {
      output.note(
        `It is put into requests to ${secret.hosts.join(", ")} (${secret.header}); no script has it.`,
      );
    }
    if (secret.used_by.length === 0)
      output.note(`No worker declares it yet: exec: { secrets: [${secret.name}] } in worker.yml.`);
  }
  return exitCodes.ok.code;
};

async function readValue({ host, output }: CommandContext, name: string): Promise<string> {
  if (host.stdin.isTerminal) return output.askHidden(`Value of ${name} (not shown): `);
  return (await host.stdin.readAll()).replace(/\r?\n$/, "");
}
