import { deliveryVerdictSchema } from "#contract/hooks/delivery";
import type { RedeliverResult } from "#contract/hooks/delivery";
import { deliveryIdSchema } from "#contract/ids";
import { deliveryRoutes } from "#contract/hooks/routes";
import { usageError } from "../../cli-error.ts";
import type { Call, Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { findTriggerId } from "../triggers/find-trigger.ts";
import { showDeliveries } from "../../output/render-inbox.ts";
import type { redeliverSpec } from "./specs.ts";

/** Takes deliveries once more; exit code 5 when one of them started no run. */
export const run: Run<typeof redeliverSpec> = async (context, call) => {
  const { output, host, json } = context;
  const choice = choose(call);
  const api = await context.api();
  const result: RedeliverResult = await api.call(deliveryRoutes.redeliverMany, {
    params: { trigger: await findTriggerId(api, call.args.trigger) },
    json: choice,
  });
  if (json) output.document(result);
  else if (result.deliveries.length === 0) output.note("No delivery was taken once more.");
  else showDeliveries(output, result.deliveries, host.now());
  if (!json && result.missing.length > 0)
    output.note(`Not in the inbox, not signed, or not kept whole: ${result.missing.join(", ")}`);

  if (!json && result.has_more)
    output.note("There are more; call it again with --since the last one's time.");
  const failed = result.missing.length > 0 || result.deliveries.some(({ verdict }) => verdict !== "accepted");
  return failed ? exitCodes.conflict.code : exitCodes.ok.code;
};

function choose({ args, options }: Call<typeof redeliverSpec>) {
  const verdict = deliveryVerdictSchema.optional().parse(options.verdict);
  if ((args.delivery === undefined) === (verdict === undefined))
    throw usageError("Name either one delivery or a --verdict.");

  if (verdict !== undefined) return { filter: { verdict, ...toSince(options.since) } };
  const id = deliveryIdSchema.safeParse(args.delivery);
  if (!id.success) throw usageError(`${args.delivery} is not the id of a delivery.`);
  return { ids: [id.data] };
}

function toSince(text: string | undefined): { since?: string } {
  if (text === undefined) return {};
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw usageError(`--since ${text} is not a time such as 2026-01-31T09:00:00Z.`);
  return { since: new Date(time).toISOString() };
}
