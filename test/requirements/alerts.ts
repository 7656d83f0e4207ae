import type { Requirement } from "../requirements.ts";

const source = "Issue B, point 10";

export const requirements: Requirement[] = [
  {
    id: "alerts:address:private-never-dialled",
    promise:
      "No alert is posted to a private, loopback, link-local or metadata address, however it is spelt.",
    source: "reference/floom.md, section 10 (SSRF guard)",
  },
  {
    id: "alerts:delivery:standard-webhooks",
    promise: "A post is signed so that the reference libraries of Standard Webhooks verify it.",
    source,
  },
  {
    id: "alerts:delivery:retry-schedule",
    promise: "A post that fails is tried again at the times of Standard Webhooks, ten times in all.",
    source,
  },
  {
    id: "alerts:delivery:at-least-once",
    promise:
      "A message survives a crash at any moment and keeps its webhook-id, so that a receiver can tell repeats.",
    source,
  },
  {
    id: "alerts:delivery:gone-stops",
    promise: "410 from a receiver stops the posts of an alert until somebody starts them again.",
    source,
  },
  {
    id: "alerts:delivery:redeliver",
    promise: "Every message is kept with its attempts and can be sent again.",
    source,
  },
  {
    id: "alerts:delivery:careful",
    promise:
      "A post follows no redirect, waits 15 seconds at most and keeps only the beginning of the answer.",
    source,
  },
  {
    id: "alerts:event:once-per-key",
    promise: "One event makes one message per place, however often it is reported.",
    source,
  },
  {
    id: "alerts:event:topics",
    promise:
      "Somebody is told of exactly what they asked for: failed, completed, approval_required, schedule_missed.",
    source,
  },
  {
    id: "alerts:budget:no-rows-without-alerts",
    promise: "A run of a worker without alerts costs no row and no look-up more.",
    source: "decisions/0006-a-budget-for-rows.md",
  },
  {
    id: "alerts:manifest:notify",
    promise: "notify in worker.yml is honoured as the version that ran has it.",
    source: "reference/floom.md, section 1.9",
  },
  {
    id: "alerts:secret:shown-once",
    promise: "The signing secret is shown when it is made and never again, and is replaced without a gap.",
    source,
  },
  {
    id: "alerts:mail:plain-and-safe",
    promise: "A mail is plain text without inputs, outputs or secrets, and nothing in it can forge a header.",
    source,
  },
  {
    id: "alerts:mail:local-outbox",
    promise:
      "Without a mail provider mails are kept to be read locally, and said to be not configured elsewhere.",
    source,
  },
  {
    id: "alerts:cli:commands",
    promise: "Alerts are listed, added, removed, tested and delivered again from the command line.",
    source: "Issue B, point 11",
  },
  {
    id: "alerts:e2e:receiver-gets-it",
    promise:
      "A receiver gets the signed message of a run that failed in the whole system, and can verify it.",
    source,
  },
];
