import type { Requirement } from "../requirements.ts";

export const requirements: Requirement[] = [
  {
    id: "webhooks:secret:one-write",
    promise:
      "A webhook and its first secret are made in one write: none is ever there that nobody can sign for.",
    source: "Issue C, item 6",
  },
  {
    id: "webhooks:signature:standard-vectors",
    promise: "The published vectors of Standard Webhooks verify.",
    source: "Issue B, must show",
  },
  {
    id: "webhooks:signature:one-bit-off",
    promise: "A signature or a body that is one bit off does not verify, under any scheme.",
    source: "Issue B, must show",
  },
  {
    id: "webhooks:signature:no-secret",
    promise: "Nobody can sign for a hook that has no secret, or one that stands for no bytes.",
    source: "docs/explanation/security.md",
  },
  {
    id: "webhooks:signature:old-timestamp",
    promise: "A signature over an old time does not verify.",
    source: "Issue B, must show",
  },
  {
    id: "webhooks:event:file",
    promise: "A script finds the whole webhook, headers and raw body, in the file that FLOOM_EVENT names.",
    source: "Issue B, point 6",
  },
  {
    id: "webhooks:inputs:undeclared-too",
    promise:
      "Members of a body that no input declares reach the script too; what cannot be kept as it was sent is told.",
    source: "Floom's SPEC, 11.3",
  },
  {
    id: "webhooks:inputs:declared-ones",
    promise: "The payload's declared members are the run's inputs, over those the trigger has saved.",
    source: "Issue B, point 6",
  },
  {
    id: "webhooks:replay:one-run",
    promise: "A replayed id makes no second run and answers the first, however many copies come at once.",
    source: "Issue B, must show",
  },
  {
    id: "webhooks:replay:signed-bytes",
    promise:
      "What a sender signed starts one run while it is remembered, whatever is changed of what it did not sign.",
    source: "docs/how-to/webhooks.md",
  },
  {
    id: "webhooks:refusal:same-work",
    promise: "A refusal costs the same reads, calls and keys tried, whether there is such a hook or not.",
    source: "docs/explanation/security.md",
  },
  {
    id: "webhooks:token:rotation",
    promise:
      "A worker's own token can be rotated, is shown once, and is not that of a worker made again under the name.",
    source: "docs/how-to/webhooks.md",
  },
  {
    id: "webhooks:refusal:alike",
    promise: "An unknown hook and a bad signature look the same from outside; the owner sees why.",
    source: "Issue B, point 6",
  },
  {
    id: "webhooks:refusal:recorded",
    promise: "A delivery that could start no run is kept with its verdict and reason.",
    source: "Issue B, point 6",
  },
  {
    id: "webhooks:refusal:address",
    promise: "Only the trigger's methods and addresses are let in.",
    source: "Issue B, point 6",
  },
  {
    id: "webhooks:inbox:floods-are-sampled",
    promise: "A flood of bad signatures does not fill the inbox.",
    source: "Issue B, point 6",
  },
  {
    id: "webhooks:redeliver:new-run",
    promise: "Deliveries are taken once more, one or many, each as a new delivery and a new run.",
    source: "Issue B, point 6",
  },
  {
    id: "webhooks:limit:body",
    promise: "A body over the limit is refused; any other is kept whole.",
    source: "Issue B, point 6",
  },
  {
    id: "webhooks:slack:url-verification",
    promise: "Slack's url_verification is answered with its challenge when it is signed.",
    source: "Issue B, point 6",
  },
  {
    id: "webhooks:floom:schemes",
    promise: "Floom's address takes its two schemes.",
    source: "reference/floom.md 7.6",
  },
  {
    id: "webhooks:secret:rotation",
    promise: "A rotated secret is shown once, and the old one is good until a given time.",
    source: "Issue B, point 6",
  },
  {
    id: "webhooks:reply:custom",
    promise: "A trigger may say what its sender is answered.",
    source: "Issue B, point 6",
  },
  {
    id: "webhooks:reply:wait",
    promise: "A sender may be held for the run's end, within bounds.",
    source: "Issue B, point 6",
  },
  {
    id: "webhooks:test:signed-sample",
    promise: "A test sends a webhook a signed sample by the road that every delivery takes.",
    source: "Issue B, point 6",
  },
  {
    id: "webhooks:reply:accepted-stays-accepted",
    promise:
      "A sender that waits for the end is told of the run that was accepted, also when the run cannot be read: it would send again otherwise.",
    source: "Known limits: a webhook with reply wait could answer 404 after admission",
  },
  {
    id: "webhooks:cli:deliveries",
    promise: "Deliveries are listed, shown and taken once more, and secrets rotated, from the command line.",
    source: "Issue B, point 11",
  },
  {
    id: "webhooks:resume:same-auth",
    promise:
      "A run that waits for something outside is resumed by /webhooks/{worker}/resume, with a webhook's credentials.",
    source: "reference/floom.md 4.9",
  },
  {
    id: "webhooks:durable:before-2xx",
    promise:
      "A delivery and its run are durable before the sender gets its 2xx: kill -9 right after it loses nothing.",
    source: "Issue B, must show",
  },
  {
    id: "webhooks:inbox:seven-days",
    promise: "Deliveries and receipts are kept seven days, and removed afterwards.",
    source: "Issue B, points 4 and 6",
  },
  {
    id: "webhooks:inbox:bounded",
    promise: "The inbox is bounded by number and bytes; receipts outlive the deliveries that had to go.",
    source: "Issue B, point 6",
  },
];
