import { triggerRoutes } from "#contract/triggers/routes";
import { triggerIdSchema } from "#contract/ids";
import type { TriggerId } from "#contract/ids";
import type { Trigger } from "#contract/triggers/trigger";
import type { Api } from "../../api.ts";
import { CliError, usageError } from "../../cli-error.ts";

/** The trigger that a word names: its id, or `worker/name`. */
export async function findTrigger(api: Api, word: string): Promise<Trigger> {
  if (triggerIdSchema.safeParse(word).success)
    return api.call(triggerRoutes.getTrigger, { params: { trigger: word } });

  const [worker, name, ...more] = word.split("/");
  if (!worker || !name || more.length > 0) {
    throw usageError(
      `"${word}" is neither the id of a trigger nor worker/name.`,
      "`floom triggers list` shows both.",
    );
  }
  const triggers = await api.call(triggerRoutes.listWorkerTriggers, { params: { worker } });
  const found = triggers.find((trigger) => trigger.name === name);
  if (found) return found;
  const names = triggers.map((trigger) => trigger.name).join(", ");
  throw new CliError(`${worker} has no trigger called ${name}.`, {
    exit: "notFound",
    code: "not_found",
    hint: names === "" ? "It has none at all." : `It has ${names}.`,
  });
}

/** The id of the trigger that a word names: its id, which is not looked up, or `worker/name`. */
export async function findTriggerId(api: Api, word: string): Promise<TriggerId> {
  const id = triggerIdSchema.safeParse(word);
  return id.success ? id.data : (await findTrigger(api, word)).id;
}

/** The triggers of a worker, or of all. */
export function listTriggers(api: Api, worker: string | undefined): Promise<Trigger[]> {
  return worker === undefined
    ? api.call(triggerRoutes.listTriggers)
    : api.call(triggerRoutes.listWorkerTriggers, { params: { worker } });
}
