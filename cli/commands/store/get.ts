import { storeRoutes } from "#contract/store/routes";
import { storeHeaders, storeMediaTypes } from "#contract/store/store";
import { usageError } from "../../cli-error.ts";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { placeOf } from "./options.ts";
import type { getValueSpec } from "./specs.ts";

/** Prints a value as it was set. */
export const run: Run<typeof getValueSpec> = async (context, { args, options }) => {
  const { output, json, host } = context;
  const api = await context.api();
  const answer = await api.open(storeRoutes.getStoreValue, { query: { key: args.key, ...placeOf(options) } });
  const value = Buffer.from(await answer.arrayBuffer());
  const isJson = answer.headers.get("content-type") === storeMediaTypes.json;
  if (json) {
    output.documentText(describe(args.key, answer.headers, { value, isJson }));
    return exitCodes.ok.code;
  }
  if (options.bytes || !isJson) {
    if (host.stdout.isTerminal && !isJson) {
      throw usageError(
        `${args.key} is bytes, which are nothing for a terminal.`,
        "Write it to a file: > file",
      );
    }
    await output.bytes(value);
  } else output.documentText(value.toString("utf8"));
  return exitCodes.ok.code;
};

/** One JSON document in which the value stands as it was written. */
function describe(
  key: string,
  headers: Headers,
  { value, isJson }: { value: Buffer; isJson: boolean },
): string {
  const facts = {
    key,
    kind: isJson ? "json" : "bytes",
    version: headers.get(storeHeaders.version),
    updated_at: headers.get(storeHeaders.updated_at),
    expires_at: headers.get(storeHeaders.expires_at),
  };
  const text = isJson ? value.toString("utf8") : JSON.stringify(value.toString("base64"));
  return `${JSON.stringify(facts).slice(0, -1)},"${isJson ? "value" : "base64"}":${text}}`;
}
