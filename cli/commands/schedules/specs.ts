import { defineCommand } from "../../command.ts";
import { onlyWorker, worker } from "../arguments.ts";

export const listSchedulesSpec = defineCommand({
  name: "schedules list",
  aliases: ["ls"],
  summary: "List schedules with their next and last starts",
  args: { worker: onlyWorker },
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
    worker,
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

export const missedStartsSpec = defineCommand({
  name: "schedules missed",
  summary: "List starts that schedules have missed",
  description:
    "Newest first: each time that did not start within five minutes, or was refused for good, and why. They are listed for 30 days.",
  args: { worker: onlyWorker },
  options: {
    limit: { kind: "number", flags: "-n, --limit <number>", description: "How many at most (20)." },
  },
  json: true,
  examples: [
    { line: "floom schedules missed", does: "What did not start, and why." },
    {
      line: "floom schedules missed scheduled-digest --json",
      does: "The same of one worker, for a program.",
    },
  ],
});

export const calendarSpec = defineCommand({
  name: "schedules calendar",
  summary: "Show what schedules expect beside what became of what they expected",
  description:
    "A line for each time: when it was or is to start, what became of it, how late it began, and its run. A week back and a week ahead unless told otherwise.",
  args: { worker: onlyWorker },
  options: {
    since: { kind: "value", flags: "--since <time>", description: "The first moment shown (ISO 8601)." },
    until: { kind: "value", flags: "--until <time>", description: "The end of what is shown (ISO 8601)." },
    trouble: {
      kind: "flag",
      flags: "--trouble",
      description: "Only what failed, was refused, was missed or began late.",
    },
  },
  json: true,
  examples: [
    { line: "floom schedules calendar", does: "What ran this week, and what will." },
    { line: "floom schedules calendar scheduled-digest --trouble", does: "What went wrong with one worker." },
  ],
});
