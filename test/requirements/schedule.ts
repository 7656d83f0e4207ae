import type { Requirement } from "../requirements.ts";

export const requirements: Requirement[] = [
  {
    id: "schedule:reconcile:manifest-is-the-truth",
    promise: "A push makes the triggers of worker.yml the worker's; each keeps its id and its pause.",
    source: "product.md, Triggers",
  },
  {
    id: "schedule:limit:refused-and-removable",
    promise:
      "More triggers than a worker may have are refused at the push; however many there are, a push takes them out.",
    source: "Issue B, point 5",
  },
  {
    id: "schedule:reconcile:api-made-stay",
    promise: "A trigger made through the API stays when the worker is pushed.",
    source: "product.md, Triggers",
  },
  {
    id: "schedule:inputs:refused-early",
    promise:
      "A schedule whose runs would lack required inputs is refused when it is made, not when it is due.",
    source: "product.md, One schema everywhere",
  },
  {
    id: "schedule:reconcile:survives-a-crash",
    promise: "A push that stops between its rows and its triggers leaves triggers that fit what is active.",
    source: "Issue B, point 5",
  },
  {
    id: "schedule:dst:one-rule",
    promise: "Named times fire once on days when clocks change; repeating ones follow the wall clock.",
    source: "product.md, Triggers",
  },
  {
    id: "schedule:cron:agrees-with-two-libraries",
    promise: "Times agree with two independent libraries, or a written rule explains the difference.",
    source: "Issue B, must show",
  },
  {
    id: "schedule:start:never-early-never-twice",
    promise: "A due time starts one run: not before its time, and not again after a crash.",
    source: "product.md, Triggers",
  },
  {
    id: "schedule:start:ten-thousand-at-once",
    promise: "10,000 schedules due in one minute all start once.",
    source: "Issue B, point 5",
  },
  {
    id: "schedule:missed:skip-once-all",
    promise:
      "After a downtime a schedule skips, makes up for the newest, or for all missed times, as it says.",
    source: "product.md, Triggers",
  },
  {
    id: "schedule:missed:told",
    promise: "An expected start that did not happen in time is on record and raised as an event, once.",
    source: "Issue B, point 5",
  },
  {
    id: "schedule:pause:nothing-made-up-for",
    promise: "A paused schedule is not due, and resuming it does not make up for the pause.",
    source: "Issue B, point 5",
  },
  {
    id: "schedule:simulation:none-lost-none-twice",
    promise:
      "Whatever crashes and however clocks jump, no time is lost under missed: all, and none starts twice.",
    source: "Issue B, point 1",
  },
  {
    id: "schedule:version:active-at-its-time",
    promise: "A scheduled run uses the version that is active when it starts, unless its trigger is pinned.",
    source: "product.md, A worker",
  },
  {
    id: "schedule:alarm:re-armed",
    promise: "A missing or past-due alarm is set again when the worker's object starts.",
    source: "Issue B, point 5",
  },
  {
    id: "schedule:cli:look-and-change",
    promise: "The command line shows schedules, their past and next starts, and changes them.",
    source: "Issue B, point 11",
  },
  {
    id: "schedule:calendar:expected-beside-actual",
    promise:
      "A calendar shows of each schedule what became of its past times (how the run ended and how late it began, or why there is none) and when it is expected; of what is not on record it says nothing.",
    source: "Issue L, point 3",
  },
];
