import type { Requirement } from "../requirements.ts";

export const requirements: Requirement[] = [
  {
    id: "queue:order:first-come-first-served",
    promise: "Runs above the concurrency limit wait in order, and the next starts when a place is free.",
    source: "design/product.md, Runs",
  },
  {
    id: "queue:limits:active-version",
    promise:
      "How many runs of a worker may be under way is said by its active version; a run of another version keeps to its own limits as well and changes nothing for the others.",
    source: "Issue B, point 1",
  },
  {
    id: "queue:handover:repeated",
    promise: "A run that was admitted starts even when its queue went away before it could hand it over.",
    source: "Issue A, point 4",
  },
  {
    id: "queue:wake:nobody-delays-others",
    promise:
      "A run's object that is silent, a queue of ten thousand, a receiver of alerts that is dead: each delays itself alone, and no schedule waits for any of them.",
    source: "Issue B, point 1",
  },
  {
    id: "queue:poison:given-up",
    promise:
      "A run whose own object throws whatever it is told is given up after ten times: it has failed, on record and to its alerts, and its place is free.",
    source: "Issue B, point 1",
  },
  {
    id: "queue:pause:holds",
    promise: "A paused worker starts none of the runs that wait; resuming it does.",
    source: "Issue B, point 3",
  },
  {
    id: "queue:conflict:skip",
    promise: "With on_conflict: skip a start over the limit answers the run that is there already.",
    source: "Issue B, point 3",
  },
  {
    id: "queue:conflict:cancel-previous",
    promise:
      "With on_conflict: cancel_previous the newest runs of a group survive and older ones are cancelled.",
    source: "Issue B, point 3",
  },
  {
    id: "queue:admission:no-stuck-lost-starved",
    promise:
      "In every history with crashes and lost messages: limits hold, order holds per key and priority, nobody starves, no accepted run is lost, and each waiting run says why.",
    source: "Issue B, point 1",
  },
  {
    id: "queue:ttl:queue-expired",
    promise: "A run that waited longer than it may ends as failed with queue_expired.",
    source: "Issue B, point 3",
  },
  {
    id: "queue:ttl:pause-stands-still",
    promise: "While a worker is paused, no run that waits for it spends any of its patience.",
    source: "Issue B, point 3",
  },
  {
    id: "queue:pause:refuses-starts",
    promise: "A paused worker refuses new starts by hand with 409, until it is resumed.",
    source: "Issue B, point 3",
  },
  {
    id: "queue:idempotency:before-inputs",
    promise: "A key is looked up before anything is judged by the version of today, and a repeat is marked.",
    source: "Issue B, point 4",
  },
  {
    id: "queue:provider:limits-respected",
    promise: "No more sandboxes are started in a second, or alive at once, than the provider's plan allows.",
    source: "Issue B, point 3",
  },
  {
    id: "queue:provider:waits-with-reason",
    promise: "A run without room at the sandbox provider waits and says why; that is no failure of it.",
    source: "Issue B, point 3",
  },
  {
    id: "queue:provider:called",
    promise:
      "A run without room is called as soon as a place is free; one that does not come delays nobody, and a call that is lost is repeated.",
    source: "Issue C, faults of runs",
  },
  {
    id: "queue:provider:priority",
    promise:
      "A run of a higher priority gets its sandbox first, also where few runs wait and none of them for ever.",
    source: "Issue C, faults of runs",
  },
  {
    id: "queue:provider:fair",
    promise:
      "A worker with a hundred runs does not hold up the others: who has the fewest sandboxes is next.",
    source: "Issue C, faults of runs",
  },
  {
    id: "queue:budget:waiting",
    promise:
      "A run that waits ten minutes for room writes at most fifteen rows, and reads no file meanwhile.",
    source: "Issue C, faults of runs",
  },
  {
    id: "queue:budget:silent-hour",
    promise: "A queue in which nothing happens is woken ever more seldom, and at least every half hour.",
    source: "Issue C, faults of runs",
  },
  {
    id: "queue:silent:given-up",
    promise:
      "A run whose own object never answers is given up like one whose object throws, and its place is free.",
    source: "Issue C, faults of runs",
  },
  {
    id: "queue:given-up:begins-no-more",
    promise:
      "A run that its queue gave up does not begin when its object comes back: it asks the queue first, ends as was put on record, and while the queue is silent it waits. A run that has ended or asks people is not called failed.",
    source: "Issue E, K1",
  },
];
