import type { TriggerId } from "#contract/ids";
import type { Manifest } from "#contract/manifest/manifest";
import type { TriggerType } from "#contract/triggers/trigger";
import { nameTriggers } from "../registry/name-triggers.ts";
import { declaredTrigger, readTriggerSpec } from "./trigger-spec.ts";

/** What planning needs to know of a trigger that is there. */
export interface KnownTrigger {
  id: TriggerId;
  name: string;
  type: TriggerType;
  origin: "manifest" | "api";
  spec: unknown;
}

export interface TriggerPlan {
  insert: { name: string; type: TriggerType; spec: unknown }[];
  update: { id: TriggerId; spec: unknown }[];
  remove: TriggerId[];
}

/**
 * How a worker's triggers become those of its active version. A trigger is the same one as before when name and kind
 * are: it keeps its id, its pause and its pin. Those made through the API stay, unless worker.yml takes their name.
 */
export function planTriggers(known: readonly KnownTrigger[], manifest: Manifest): TriggerPlan {
  const names = nameTriggers(manifest.triggers);
  const declared = manifest.triggers.flatMap((trigger, index) => {
    const name = names[index];
    const row = declaredTrigger(trigger);
    return row && name !== undefined ? [{ ...row, name }] : [];
  });
  const plan: TriggerPlan = { insert: [], update: [], remove: [] };
  for (const one of declared) {
    const same = known.find((row) => row.name === one.name && row.type === one.type);
    if (same === undefined) plan.insert.push(one);
    else if (same.origin !== "manifest" || !isSameSpec(one.type, same.spec, one.spec))
      plan.update.push({ id: same.id, spec: one.spec });
  }
  plan.remove = known
    .filter((row) => {
      const taker = declared.find((one) => one.name === row.name);
      return taker === undefined ? row.origin === "manifest" : taker.type !== row.type;
    })
    .map((row) => row.id);
  return plan;
}

/** Whether two specs say the same, the one of a version that filled in less of what was left out as well. */
function isSameSpec(type: TriggerType, stored: unknown, declared: unknown): boolean {
  const [was, is] = [stored, declared].map((spec) => JSON.stringify(readTriggerSpec(type, spec)));
  return was === is;
}
