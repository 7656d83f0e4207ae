import type { Requirement } from "../requirements.ts";

const issue = "Issue K, point 1";

export const requirements: Requirement[] = [
  {
    id: "gate:calls:once",
    promise: "The same call has its effect once, however often it is asked for.",
    source: issue,
  },
  {
    id: "gate:calls:refused-by-name",
    promise: "A call that may not be made is refused with what, why and where, and nothing is sent.",
    source: issue,
  },
  {
    id: "gate:calls:crash",
    promise: "What was under way as the platform was interrupted is repeated only where that does no harm.",
    source: issue,
  },
  {
    id: "gate:tiers:no-spelling",
    promise: "A worker of tier 1 writes by no spelling of a method.",
    source: issue,
  },
  { id: "gate:credentials:fail-closed", promise: "A denied credential sends no request.", source: issue },
  {
    id: "gate:credentials:never-shown",
    promise: "No answer and no record holds a secret's value.",
    source: issue,
  },
  {
    id: "gate:rules:hold-and-release",
    promise: "A rule holds a matching call and releases exactly it.",
    source: issue,
  },
  {
    id: "gate:rules:edits",
    promise: "What an approver writes instead is held to schema and tier.",
    source: issue,
  },
  {
    id: "gate:rates:over-all-runs",
    promise: "However many runs of a worker call a tool at once, it is called no more often than it says.",
    source: "Issue K, point 6",
  },
  {
    id: "gate:taint",
    promise: "A run that has read what comes from outside drops to the tier its manifest allows.",
    source: issue,
  },
  {
    id: "gate:property",
    promise: "No sequence of calls, repeats, crashes and decisions gets an ungated effect, or one twice.",
    source: issue,
  },
  {
    id: "gate:records:listed",
    promise: "Every call that a run has wanted is listed with its request, its answer and what became of it.",
    source: "Issue K, point 9",
  },
  {
    id: "gate:dry:from-the-record",
    promise: "A dry replay's calls are answered by what the replayed run was answered.",
    source: issue,
  },
  {
    id: "gate:one-way",
    promise: "Nothing but the gate has a tool's driver act.",
    source: issue,
  },
];
