import { missedRuleSchema } from "#contract/manifest/manifest";
import { triggerRoutes } from "#contract/triggers/routes";
import { workerRoutes } from "#contract/workers/routes";
import type { Inputs } from "#contract/runs/run";
import type { Api } from "../../api.ts";
import { usageError } from "../../cli-error.ts";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { convertText, parseInputWord } from "../../inputs/inputs.ts";
import type { setScheduleSpec } from "./specs.ts";

/** Makes a schedule, or changes the one of that name: what is not given stays as it was. */
export const run: Run<typeof setScheduleSpec> = async (context, { args, options }) => {
  const { output, json } = context;
  const api = await context.api();
  const name = options.name ?? "main";
  const params = { worker: args.worker };
  const inputs = await readInputs(api, args.worker, options.input);
  const change = {
    cron: args.cron,
    ...(options.timezone === undefined ? {} : { timezone: options.timezone }),
    ...(options.missed === undefined ? {} : { missed: missedRuleSchema.parse(options.missed) }),
    ...(inputs === undefined ? {} : { inputs }),
  };
  const known = await api.call(triggerRoutes.listWorkerTriggers, { params });
  const same = known.find((trigger) => trigger.name === name);
  const trigger = same
    ? await api.call(triggerRoutes.changeTrigger, { params: { trigger: same.id }, json: change })
    : await api.call(triggerRoutes.createTrigger, { params, json: { ...change, name, type: "schedule" } });
  if (json) output.document(trigger);
  else {
    output.line(`${trigger.worker_id}/${trigger.name} starts at ${trigger.cron} ${trigger.timezone}.`);
    output.line(trigger.paused ? "It is paused." : `Next: ${trigger.next[0] ?? "never"}`);
  }
  return exitCodes.ok.code;
};

/** Inputs as JSON values of the types the worker declares; undefined when none are given. */
async function readInputs(api: Api, worker: string, words: readonly string[]): Promise<Inputs | undefined> {
  if (words.length === 0) return undefined;
  const { inputs: fields } = await api.call(workerRoutes.getWorker, { params: { worker } });
  const pairs = words.map((word): [string, Inputs[string]] => {
    const [name, value] = parseInputWord(word);
    if (value.kind !== "text") throw usageError(`--input ${name} of a schedule cannot be a file.`);
    return [
      name,
      convertText(
        value.text,
        fields.find((field) => field.name === name),
      ),
    ];
  });
  return Object.fromEntries(pairs);
}
