import { ProtocolError } from "@modelcontextprotocol/server";
import type { Server } from "@modelcontextprotocol/server";
import * as z from "zod";
import type { McpCaller } from "../caller.ts";
import type { PromptSource } from "../prompts/prompt-source.ts";
import { INVALID_PARAMS } from "./error-numbers.ts";
import { orProtocolError } from "./or-protocol-error.ts";
import { foreignCursor, pageParams } from "./page-cursor.ts";

const getParams = z.looseObject({
  name: z.string().max(200),
  arguments: z.record(z.string(), z.string()).default({}),
});
const completeParams = z.looseObject({
  ref: z.union([
    z.looseObject({ type: z.literal("ref/prompt"), name: z.string().max(200) }),
    z.looseObject({ type: z.literal("ref/resource"), uri: z.string().max(4000) }),
  ]),
  argument: z.looseObject({ name: z.string(), value: z.string().max(4000) }),
  context: z.looseObject({ arguments: z.record(z.string(), z.string()).default({}) }).optional(),
});
/** The protocol's own bound of one answer. */
const MOST_VALUES = 100;

/** Answers what is asked of the prompts, and for the rest of what somebody writes, in this caller's name. */
export function servePrompts(server: Server, prompts: PromptSource, caller: McpCaller): void {
  server.setRequestHandler("prompts/list", { params: pageParams }, async ({ cursor }) => {
    const page = await orProtocolError(prompts.list(caller, cursor));
    if (page !== null) return page;
    throw foreignCursor(cursor);
  });
  server.setRequestHandler("prompts/get", { params: getParams }, async ({ name, arguments: args }) => {
    const given = await orProtocolError(prompts.get(caller, { name, args }));
    if (given === null)
      throw new ProtocolError(INVALID_PARAMS, `There is no prompt ${name}, or nothing it speaks of.`);
    if (given.kind === "text") return given.text;
    const { names } = given;
    throw new ProtocolError(INVALID_PARAMS, `The prompt ${name} needs ${names.join(", ")}.`, {
      missing: names,
    });
  });
  server.setRequestHandler(
    "completion/complete",
    { params: completeParams },
    async ({ ref, argument, context }) => {
      const wish = {
        of: ref.type === "ref/prompt" ? { prompt: ref.name } : { template: ref.uri },
        argument: argument.name,
        value: argument.value,
        known: context?.arguments ?? {},
      };
      const all = await orProtocolError(prompts.complete(caller, wish));
      const values = all.slice(0, MOST_VALUES);
      return { completion: { values, total: all.length, hasMore: all.length > values.length } };
    },
  );
}
