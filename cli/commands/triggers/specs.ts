import { defineCommand } from "../../command.ts";

const worker = { description: "Only those of this worker.", required: false, complete: "workers" } as const;
const trigger = {
  description: "Id of the trigger, or worker/name, e.g. scheduled-digest/mornings.",
  required: true,
} as const;

export const listTriggersSpec = defineCommand({
  name: "triggers list",
  aliases: ["ls"],
  summary: "List what starts workers besides people",
  args: { worker },
  options: {},
  json: true,
  examples: [
    { line: "floom triggers list", does: "Show the triggers of all workers." },
    { line: "floom triggers list scheduled-digest", does: "Show those of one worker." },
  ],
});

export const showTriggerSpec = defineCommand({
  name: "triggers show",
  aliases: ["info"],
  summary: "Show a trigger; of a schedule its next times, and when it was to start beside when it did",
  args: { trigger },
  options: {
    limit: { kind: "number", flags: "--limit <number>", description: "How many past times at most (10)." },
  },
  json: true,
  examples: [{ line: "floom triggers show scheduled-digest/mornings", does: "Was every start on time?" }],
});

export const pauseTriggerSpec = defineCommand({
  name: "triggers pause",
  summary: "Pause a trigger; it stays paused when the worker is pushed",
  args: { trigger },
  options: {},
  json: true,
  examples: [{ line: "floom triggers pause scheduled-digest/mornings", does: "Start nothing for now." }],
});

export const resumeTriggerSpec = defineCommand({
  name: "triggers resume",
  summary: "Resume a trigger; times that passed meanwhile are not made up for",
  args: { trigger },
  options: {},
  json: true,
  examples: [{ line: "floom triggers resume scheduled-digest/mornings", does: "Start again when due." }],
});

export const testTriggerSpec = defineCommand({
  name: "triggers test",
  summary: "Start the run a trigger would start, now",
  args: { trigger },
  options: {},
  json: true,
  examples: [{ line: "floom triggers test scheduled-digest/mornings", does: "Do not wait for 8:30." }],
});

export const deleteTriggerSpec = defineCommand({
  name: "triggers delete",
  aliases: ["rm"],
  summary: "Delete a trigger that was not declared in worker.yml",
  args: { trigger },
  options: { yes: { kind: "flag", flags: "-y, --yes", description: "Do not ask." } },
  json: true,
  examples: [
    { line: "floom triggers delete scheduled-digest/evenings --yes", does: "Delete without a question." },
  ],
});

export const listSchedulesSpec = defineCommand({
  name: "schedules list",
  aliases: ["ls"],
  summary: "List schedules with their next and last starts",
  args: { worker },
  options: {},
  json: true,
  examples: [{ line: "floom schedules list", does: "What starts next?" }],
});

export const setScheduleSpec = defineCommand({
  name: "schedules set",
  summary: "Give a worker a schedule, or change the one of that name",
  description:
    "A schedule made here stays when the worker is pushed. One that worker.yml declares is changed there. Times, daylight saving and missed starts: docs/explanation/schedules.md.",
  args: {
    worker: { description: "Name of the worker.", required: true, complete: "workers" },
    cron: { description: 'Five cron fields in quotes, e.g. "30 8 * * 1-5".', required: true },
  },
  options: {
    name: { kind: "value", flags: "--name <name>", description: "Name of the schedule (main)." },
    timezone: { kind: "value", flags: "-z, --timezone <zone>", description: "IANA time zone (UTC)." },
    missed: {
      kind: "value",
      flags: "--missed <rule>",
      description: "What becomes of times that passed while nothing could start (once).",
      choices: ["skip", "once", "all"],
    },
    input: {
      kind: "list",
      flags: "-i, --input <name=value>",
      description: "An input of its runs; may be given several times.",
    },
  },
  json: true,
  examples: [
    {
      line: 'floom schedules set slow-progress "30 8 * * 1-5" --timezone Europe/Berlin',
      does: "Every working day at half past eight.",
    },
    {
      line: 'floom schedules set scheduled-digest "0 18 * * 5" --name evenings -i title="The week"',
      does: "One more, with inputs of its own.",
    },
  ],
});

export const nextTimesSpec = defineCommand({
  name: "schedules next",
  summary: "Show the next five times of a cron expression",
  args: { cron: { description: "Five cron fields in quotes.", required: true } },
  options: {
    timezone: { kind: "value", flags: "-z, --timezone <zone>", description: "IANA time zone (UTC)." },
  },
  json: true,
  examples: [{ line: 'floom schedules next "0 9 * * mon" -z Asia/Tokyo', does: "Check before you set it." }],
});
