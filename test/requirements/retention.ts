import type { Requirement } from "../requirements.ts";

const source = "docs/decisions/0020-what-is-kept-and-for-how-long.md";

export const requirements: Requirement[] = [
  {
    id: "retention:runs:gone-everywhere",
    promise:
      "A run that ended longer ago than the workspace keeps is gone from lists, inbox, files and its object, and answers like one that never was.",
    source,
  },
  {
    id: "retention:runs:live-untouched",
    promise:
      "A run that waits, runs or is held is never deleted for its age, nor is what it was started with.",
    source,
  },
  {
    id: "retention:runs:asker-stays",
    promise: "A run stays as long as the follow-up run that acts on its approval is kept.",
    source,
  },
  {
    id: "retention:runs:crash-repeats",
    promise: "A deletion that stopped halfway is found again and brought to its end.",
    source,
  },
  {
    id: "retention:versions:idle-go",
    promise:
      "A version goes when it has been neither active nor pinned for the time and no kept run is of it; its number is not given out again.",
    source,
  },
  {
    id: "retention:files:shared-stay",
    promise: "A bundle stays while any version of anybody has it, an upload while a kept run may name it.",
    source,
  },
  {
    id: "retention:settings:bounds",
    promise:
      "A workspace sets its own time within bounds, or keeps for ever; nobody else's things are touched by it.",
    source,
  },
  {
    id: "retention:worker:nothing-left",
    promise:
      "After a worker was deleted with its record, nothing of it is left in tables, files and objects, and nothing of anybody else is gone.",
    source,
  },
  {
    id: "retention:worker:record-stays",
    promise:
      "Deleting a worker cancels what waits, lets come to its end what runs, and leaves the record of its runs for its time.",
    source,
  },
  {
    id: "retention:workspace:nothing-left",
    promise:
      "After a workspace was deleted nothing of it is left in any table, file or object, whatever crashed meanwhile, and nothing of anybody else is gone.",
    source,
  },
  {
    id: "retention:workspace:owner-and-name",
    promise: "Only its owner deletes a workspace, and only by writing its id out.",
    source,
  },
  {
    id: "retention:workspace:shut-at-once",
    promise:
      "From the answer on nothing in a deleted workspace is started or reached, until the owner's token makes a new, empty one.",
    source,
  },
  {
    id: "retention:house:wakes-by-itself",
    promise: "A push sees to it that the workspace is looked after every day, and a lost alarm is set again.",
    source,
  },
  {
    id: "retention:house:bounded",
    promise: "Each wake-up does one page, and what fails is tried again later without holding up the rest.",
    source,
  },
  {
    id: "retention:workspace:quick",
    promise: "A workspace's runs are deleted by the hundred, and its owner is told how many are left.",
    source: "Known limits: a deletion took ten runs a second and said nothing meanwhile",
  },
  {
    id: "retention:report:what-goes-when",
    promise: "It can be asked what is stored, for how long, and when the oldest goes.",
    source,
  },
];
