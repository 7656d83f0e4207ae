import type { Requirement } from "../requirements.ts";

export const requirements: Requirement[] = [
  {
    id: "versions:quarantine:nothing-runs-it",
    promise:
      "No start, replay, trigger or roll-back uses a version in quarantine, or one that was rejected or retired.",
    source: "Issue K, point 7",
  },
  {
    id: "versions:quarantine:one-decision",
    promise:
      "Of two decisions on a version one counts; a promotion of another bundle than was reviewed changes nothing.",
    source: "Issue K, point 7",
  },
  {
    id: "versions:signature:checked-at-dispatch",
    promise: "A version whose row was changed past the server is refused at every start.",
    source: "Issue K, point 7",
  },
  {
    id: "versions:quarantine:people-decide",
    promise:
      "Only owners and admins decide what leaves quarantine; strangers cannot tell it from what is missing.",
    source: "Issue K, point 7",
  },
  {
    id: "versions:diff:bounded",
    promise: "Two of the largest versions can be compared: the files of both are never in memory at once.",
    source: "Known limits: the comparison of two versions held the zips of both",
  },
  {
    id: "versions:diff:files-and-manifest",
    promise: "A diff names every file and manifest value that differs, binary files without their content.",
    source: "Issue B, point 8",
  },
  {
    id: "versions:diff:may-newly",
    promise:
      "A diff says what the worker may newly do: secrets, network, connections, calls, approvals dropped, longer timeout, triggers.",
    source: "Issue B, point 8",
  },
  {
    id: "versions:activate:compare-and-swap",
    promise: "Of two activations made on the same version one takes effect, and the other is told.",
    source: "Issue B, point 8",
  },
  {
    id: "versions:activate:recorded",
    promise: "An activation is on the record with who asked, when, and which guards were set aside.",
    source: "Issue B, point 8",
  },
  {
    id: "versions:rollback:guards",
    promise:
      "A rollback that drops the approval or switches a paused or archived worker back on is refused unless that guard is named.",
    source: "reference/floom.md 6.4",
  },
  {
    id: "versions:rollback:triggers-follow",
    promise: "Rolling back brings the triggers of the older version back.",
    source: "Issue B, point 8",
  },
  {
    id: "versions:rollback:runs-stay-pinned",
    promise: "After a rollback new runs are of the older version, and earlier runs keep theirs.",
    source: "design/product.md, A worker",
  },
  {
    id: "versions:cli:shows-before-asking",
    promise: "floom rollback shows the changes and what the worker may newly do before it asks.",
    source: "Issue B, point 11",
  },
  {
    id: "versions:quarantine:listed-over-all",
    promise:
      "What waits in quarantine is listed over all workers that somebody may see, and nothing else is.",
    source: "issue L",
  },
];
