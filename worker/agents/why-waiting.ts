import type { TriggerSource } from "#contract/runs/run";
import type { RunSpec } from "../runs/spec/run-spec.ts";

/** Whoever starts a run so is a person of the workspace, or a time that one has set; what it is given is theirs. */
const FROM_PEOPLE: ReadonlySet<TriggerSource> = new Set(["manual", "cli", "schedule"]);

const HAS_READ = "The run had read what comes from outside before it learned this.";
const WAS_GIVEN = "The run was given what may come from outside, or was started by another program.";

/**
 * Why a person has to look at what a run learns before later runs are told of it; null where nobody has to. What strangers may have
 * said would stand in the instructions of every later run. Pure.
 */
export function whyWaiting(
  {
    trigger_source,
    lineage,
    event,
    replay_of,
  }: Pick<RunSpec, "trigger_source" | "lineage" | "event" | "replay_of">,
  isTainted: boolean,
): string | null {
  if (isTainted) return HAS_READ;
  // A replay is given what the first run was, whoever asks for it.
  const isOwn = lineage === null && event === null && replay_of === null;
  return isOwn && FROM_PEOPLE.has(trigger_source) ? null : WAS_GIVEN;
}
