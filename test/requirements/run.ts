import type { Requirement } from "../requirements.ts";

const issue = "Issue A, point 4";

export const requirements: Requirement[] = [
  {
    id: "run:edge:as-a-sandbox",
    promise:
      "An attempt that the edge carries out by itself is to its run what a sandbox is: one step after the other, each told once, whatever goes away in between.",
    source: "docs/decisions/0053-the-edge-carries-out-attempts.md",
  },
  {
    id: "run:start:declared-and-absent",
    promise:
      "What worker.yml declares and the server does not have is refused by name, not left out in silence.",
    source: issue,
  },
  {
    id: "run:start:resume-means-it",
    promise: "A resumed worker runs, though its worker.yml says that it is paused.",
    source: issue,
  },
  {
    id: "run:start:file-content",
    promise:
      "A file input without the columns or JSON keys that worker.yml asks for is refused before there is a run, with the input, the rule and what is missing.",
    source: issue,
  },
  {
    id: "run:start:inline-files",
    promise:
      "A small file may stand in a run's inputs itself, as a data: URL, over every door; it is judged and kept as an uploaded one.",
    source: "product.md, Runs",
  },
  {
    id: "run:start:files-by-every-name",
    promise: "Two uploads of one content are each judged by the name that they came under.",
    source: issue,
  },
  {
    id: "run:follow:waiting-is-not-watching",
    promise: "Waiting for a run's end makes its script post no more often, and moves none of its log.",
    source: "Issue B, point 4",
  },
  {
    id: "run:settle:ends",
    promise:
      "A run whose results cannot be stored ends ten minutes after its script, whatever goes away meanwhile.",
    source: "docs/explanation/run-lifecycle.md",
  },
  {
    id: "run:lists:full-pages",
    promise: "A page of runs of a rare status finds them behind thousands of others, in one request.",
    source: "Known limits: a page of running or completed runs looked through 2,000 runs and could be short",
  },
  {
    id: "run:files:only-named-stay",
    promise: "Once a run has ended, only the files are kept that its record names.",
    source: "Known limits: uploads that no record named stayed until the run was deleted",
  },
  {
    id: "run:archive:bounded",
    promise: "A run's record is archived piece by piece: however long it is, it is never held whole.",
    source: "Known limits: an ended run's record was put together in memory",
  },
  {
    id: "run:lists:newest-row",
    promise: "A list shows the newest word on a run, in whichever order its rows arrive.",
    source: "Known limits: rows of a run were written in the order of the calls",
  },
  {
    id: "run:budget:rows",
    promise: "A short script run writes at most 12 rows in all, of which its own object writes at most 5.",
    source: "design/goals.md",
  },
  {
    id: "run:budget:silent-hour",
    promise: "A run whose script says nothing for an hour costs at most 20 rows in all.",
    source: "docs/reference/budgets.md",
  },
  {
    id: "run:budget:watched",
    promise: "Watching a run costs it at most one more row for each time that its script says something.",
    source: "docs/reference/budgets.md",
  },
  {
    id: "run:budget:owed-kill",
    promise: "A run whose sandbox cannot be ended wakes its objects at most 100 times a day for that.",
    source: "docs/reference/budgets.md",
  },
  {
    id: "run:address:settings-alone",
    promise:
      "Where a run reports and its links lead is the settings' to say; without them no run is started, by any road.",
    source: "docs/explanation/security.md",
  },
  {
    id: "run:budget:active",
    promise:
      "A run's object is awake for at most 100 ms in all of a short run, and sleeps while a script works.",
    source: "design/goals.md",
  },
  {
    id: "run:journal:exactly-once",
    promise: "Repeated, overlapping and gapped posts of a journal give every line once and in order.",
    source: issue,
  },
  {
    id: "run:watchdog:pull",
    promise: "When the runner's posts stop coming, the watchdog reads the same journal from the sandbox.",
    source: issue,
  },
  {
    id: "run:failure:platform-budget",
    promise: "A lost sandbox is retried on the platform's budget and ends as the platform's failure.",
    source: "design/product.md, Runs",
  },
  {
    id: "run:cancel:every-state",
    promise: "Cancelling works in every state and at once.",
    source: "design/product.md, Runs",
  },
  {
    id: "run:idempotency:same-key-same-run",
    promise: "The same idempotency key and body give the same run; another body under it is refused.",
    source: "design/product.md, Runs",
  },
  {
    id: "run:inputs:every-problem",
    promise: "Every wrong input is named at once, with a JSON pointer.",
    source: "Issue A, Bad input",
  },
  {
    id: "run:access:stranger-cannot-tell",
    promise: "A run of another workspace is answered exactly like one that does not exist.",
    source: "Issue A, point 7",
  },
  {
    id: "run:events:resume",
    promise: "The event stream goes on from Last-Event-ID and ends with a closing item.",
    source: "Issue A, point 6",
  },
  {
    id: "run:lifecycle:no-stuck-lost-doubled",
    promise:
      "Whatever crashes, is lost or comes twice: a run ends once, its script starts once per attempt, its place is given back.",
    source: "Issue B, point 1",
  },
  {
    id: "run:upgrade:stored-documents",
    promise: "Runs, waits, queues and schedules that an earlier version has stored go on after an upgrade.",
    source: "Issue C, point 7",
  },
  {
    id: "run:upgrade:newer-documents",
    promise:
      "What a newer version has stored in a form that this one does not know is refused by its name and version, and nothing is written over it.",
    source: "Issue C, point 7",
  },
  {
    id: "run:verdict:owner-alone-says-gone",
    promise:
      "Only the provider's control plane says that a sandbox is gone; an error of anybody in between ends and repeats nothing.",
    source: "design/product.md, promise 9",
  },
  {
    id: "run:end:duties-repeated",
    promise:
      "What people are to see of a run's end, in lists and in the inbox, is written also where its object went away just then: within half a minute, whenever the run's alarm was due.",
    source: "Issue E, K2",
  },
  {
    id: "run:duties:backoff",
    promise:
      "What a run still owes is tried again with growing pauses, spread, and less than a hundred times a day.",
    source: "Issue E, K6",
  },
  {
    id: "run:launch:ends",
    promise: "A launch is given up in time, whatever mixture of refusals comes, and however long it goes on.",
    source: "Issue E, K3",
  },
  {
    id: "run:kills:repeated",
    promise: "A sandbox that had to be killed and was not is looked for again until its own life is over.",
    source: "Issue E, K2",
  },
  {
    id: "run:alarm:wakes-evicted",
    promise:
      "An alarm finds its run though the run's object was put away meanwhile: what it looks after is looked after.",
    source: "docs/explanation/run-lifecycle.md",
  },
  {
    id: "run:alarm:recalled",
    promise: "A run whose alarm was lost sets it again, and a wake-up that fails is not the last one.",
    source: "Issue E, K2",
  },
  {
    id: "run:files:by-content",
    promise:
      "A file of a run is kept by what it holds: nothing that is sent later takes its place, and other content than was said is refused.",
    source: "docs/explanation/security.md",
  },
  {
    id: "run:files:script-answers",
    promise:
      "A file that a journal names and that is not so is the script's own failure, once; the platform is not to blame.",
    source: "docs/explanation/security.md",
  },
  {
    id: "run:limits:journal-counts-all",
    promise:
      "Whatever an attempt hands over in its journal counts against one limit; beyond it, one line says so and the rest is left out.",
    source: "docs/explanation/security.md",
  },
  {
    id: "run:limits:uploads-outlive-memory",
    promise: "What an attempt may still upload is known after its object went away.",
    source: "docs/explanation/security.md",
  },
  {
    id: "run:failure:no-blame",
    promise:
      "A journal that a script writes itself cannot put its failure on the platform, a policy or a person.",
    source: "docs/explanation/security.md",
  },
  {
    id: "run:intake:hostile-journals",
    promise:
      "Ten thousand hostile journals break nothing: no error of the edge, bounded records, and each run ends once.",
    source: "docs/explanation/security.md",
  },
  {
    id: "run:limits:two-million-bytes",
    promise:
      "What production could not keep is refused by its name and before anything of it is written, on every machine alike.",
    source: "Issue E, K5",
  },
  {
    id: "run:limits:script-is-taken-or-ends",
    promise:
      "Whatever a script prints, returns or writes is either taken in or ends the attempt once, as the script's own failure.",
    source: "Issue E, K5",
  },
  {
    id: "run:limits:sandbox-life",
    promise:
      "A time limit that no sandbox of the provider's plan lives up to is refused by its name, with the most that is possible.",
    source: "Issue E, K5",
  },
  {
    id: "run:memory:nothing-in-a-field",
    promise: "An object that is evicted before every call keeps every promise that one in memory keeps.",
    source: "Issue E, K7",
  },
  {
    id: "run:fence:one-sandbox-per-attempt",
    promise:
      "However late a call to the sandbox provider comes through, and whoever made it, the script of an attempt is begun in one sandbox alone.",
    source: "docs/decisions/0024-a-launch-has-a-number.md",
  },
  {
    id: "run:partial:newest-is-seen",
    promise:
      "Whoever looks at a run under way sees the newest of what its function has handed back, also late and after its object came back; a result stands in its place.",
    source: "design: typed functions",
  },
  {
    id: "run:outputs:judged-by-their-schema",
    promise:
      "What a function returns is judged by its output schema: a mismatch is a warning on the run's record, with its place and what was expected.",
    source: "design: typed functions",
  },
];
