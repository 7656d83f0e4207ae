import { parseJson } from "#contract/json";
import { storeRoutes } from "#contract/store/routes";
import { storeMediaTypes } from "#contract/store/store";
import { formatBytes } from "#contract/words";
import { usageError } from "../../cli-error.ts";
import type { Run } from "../../command.ts";
import type { CommandContext } from "../../context.ts";
import { exitCodes } from "../../exit-code.ts";
import { onceHeader, placeOf } from "./options.ts";
import type { setValueSpec } from "./specs.ts";

/** Sets a value from an argument or standard input. */
export const run: Run<typeof setValueSpec> = async (context, { args, options }) => {
  const { output, json } = context;
  const given = await readValue(context, args.value);
  const body = options.bytes ? given : Buffer.from(asJson(given, args.value === undefined));
  const api = await context.api();
  const set = await api.call(storeRoutes.setStoreValue, {
    query: {
      key: args.key,
      ...placeOf(options),
      ...(options.ttl === undefined ? {} : { ttl_seconds: options.ttl }),
      ...(options.ifVersion === undefined ? {} : { if_version: options.ifVersion }),
    },
    headers: {
      "content-type": options.bytes ? storeMediaTypes.bytes : storeMediaTypes.json,
      ...onceHeader(options.once),
    },
    body: new Uint8Array(body),
  });
  if (json) output.document(set);
  else {
    const end = set.expires_at === null ? "" : `, until ${set.expires_at}`;
    output.line(`Set ${set.key}, ${formatBytes(set.size_bytes)}${end}.`);
  }
  return exitCodes.ok.code;
};

async function readValue({ host }: CommandContext, value: string | undefined): Promise<Buffer> {
  if (value !== undefined) return Buffer.from(value);
  if (host.stdin.isTerminal)
    throw usageError("There is no value.", "Write it behind the key, or pipe it in.");
  return Buffer.from(await host.stdin.readBytes());
}

/** The JSON text as it is written; what is none becomes a JSON string. */
function asJson(given: Buffer, isPiped: boolean): string {
  const text = given.toString("utf8");
  const line = isPiped ? text.replace(/\r?\n$/, "") : text;
  try {
    parseJson(line);
    return line;
  } catch {
    return JSON.stringify(line);
  }
}
