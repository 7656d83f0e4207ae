import { parse, stringify } from "yaml";
import type { EntryDraft, ImportEntry, WorkerFolder } from "./report.ts";
import { listOf, mapOf, numberOf, textOf } from "./yaml-source.ts";
import type { YamlMap, YamlPath, YamlSource } from "./yaml-source.ts";

const KNOWN = ["name", "cron", "interval_seconds", "dispatch_type", "goal", "task", "expand_from"];

export interface ScheduleTargets {
  /** The worker that a worker_type has become. */
  workerOf: (type: string) => string | undefined;
  /** What goals start: a goal names no pipeline, so that there has to be one alone. */
  pipelines: readonly string[];
}

/** A trigger of a worker. */
export interface MadeTrigger {
  worker: string;
  name: string;
  trigger: YamlMap;
}

/** The schedules of a scheduler's configuration, as triggers of the workers that they start; each of the others is named with its line. */
export function convertSchedules(
  source: YamlSource,
  { draft, targets }: { draft: EntryDraft; targets: ScheduleTargets },
): { entry: ImportEntry; triggers: MadeTrigger[] } {
  const triggers = listOf(source.value["schedules"]).flatMap((one, at): MadeTrigger[] => {
    const schedule = mapOf(one);
    const place = ["schedules", at];
    draft.leaveUnknown(source, { at: place, value: schedule, known: KNOWN });
    const cron = textOf(schedule["cron"]) ?? cronOf(numberOf(schedule["interval_seconds"]));
    const started = startedBy(schedule, targets);
    const why =
      schedule["expand_from"] !== undefined
        ? "expand_from names a Python function; a worker that calls others does the same."
        : cron === null
          ? "Its interval is no part of an hour or a day: a schedule is five cron fields."
          : typeof started === "string"
            ? started
            : null;
    if (why !== null || typeof started === "string") {
      draft.leave(source, place, why ?? "");
      return [];
    }
    leaveRest(source, { draft, schedule, place });
    const name = (textOf(schedule["name"]) ?? `schedule-${at + 1}`)
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, "-")
      .replaceAll(/^-+|-+$/g, "");
    const trigger = { type: "schedule", name, cron, missed: "skip", inputs: started.inputs };
    return [{ worker: started.worker, name, trigger }];
  });
  const names = triggers.map(({ worker, name }) => `${worker}/${name}`);
  if (names.length > 0) draft.next.push(`Each is a trigger now, in UTC as there: ${names.join(", ")}.`);
  const entry =
    triggers.length === 0 ? draft.refuse("None of its schedules can be one.") : draft.convert(null, []);
  return { entry, triggers };
}

function leaveRest(
  source: YamlSource,
  { draft, schedule, place }: { draft: EntryDraft; schedule: YamlMap; place: YamlPath },
): void {
  const keys = ["task", "goal"].flatMap((of) => ["model_tier", "priority"].map((key) => [of, key] as const));
  for (const [of, key] of keys) {
    if (mapOf(schedule[of])[key] !== undefined)
      draft.leave(source, [...place, of, key], "What a run is and when it starts its worker says.");
  }
}

function startedBy(
  schedule: YamlMap,
  targets: ScheduleTargets,
): { worker: string; inputs: YamlMap } | string {
  if (textOf(schedule["dispatch_type"]) === "task") {
    const task = mapOf(schedule["task"]);
    const type = textOf(task["worker_type"]) ?? "";
    const worker = targets.workerOf(type);
    return worker === undefined
      ? `It starts ${type || "no worker"}, which is not among the entries.`
      : { worker, inputs: mapOf(task["payload"]) };
  }
  const [only, ...others] = targets.pipelines;
  if (only === undefined || others.length > 0)
    return "A goal names no pipeline; there, whichever took it first ran. It can be told only where there is one.";
  const { instruction, context } = mapOf(schedule["goal"]);
  const inputs = mapOf(context);
  return {
    worker: only,
    inputs: Object.keys(inputs).length > 0 || instruction === undefined ? inputs : { goal: instruction },
  };
}

/** Five cron fields for an interval that divides an hour or a day; null for every other. Pure. */
function cronOf(seconds: number | undefined): string | null {
  if (seconds === undefined || seconds % 60 !== 0 || seconds <= 0) return null;
  const minutes = seconds / 60;
  if (minutes < 60) return 60 % minutes === 0 ? `*/${minutes} * * * *` : null;
  const hours = minutes / 60;
  if (hours === 24) return "0 0 * * *";
  return Number.isInteger(hours) && 24 % hours === 0 ? `0 */${hours} * * *` : null;
}

/** The folder with these triggers in its worker.yml. Pure. */
export function withTriggers(folder: WorkerFolder, triggers: readonly YamlMap[]): WorkerFolder {
  if (triggers.length === 0) return folder;
  const files = folder.files.map(({ path, text }) => {
    if (path !== "worker.yml") return { path, text };
    const manifest = mapOf(parse(text));
    return { path, text: stringify({ ...manifest, triggers: [...triggers] }) };
  });
  return { ...folder, files };
}
