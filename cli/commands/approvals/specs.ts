import { approvalStatusSchema } from "#contract/approvals/approval";
import { defineCommand } from "../../command.ts";

const id = { description: "Id of the approval, or of the run that asks.", required: true } as const;

export const listApprovalsSpec = defineCommand({
  name: "approvals list",
  aliases: ["ls"],
  summary: "List what waits for a decision",
  args: {},
  options: {
    status: {
      kind: "value",
      flags: "-s, --status <status>",
      description: "Approvals in this status instead of pending, or all.",
      choices: [...approvalStatusSchema.options, "all"],
    },
    worker: {
      kind: "value",
      flags: "-w, --worker <name>",
      description: "Only what this worker's runs asked.",
      complete: "workers",
    },
    limit: { kind: "number", flags: "-n, --limit <number>", description: "How many at most (20)." },
  },
  json: true,
  examples: [
    { line: "floom approvals list", does: "Show what waits for you." },
    { line: "floom approvals list --status all", does: "Show what was decided, too." },
  ],
});

export const showApprovalSpec = defineCommand({
  name: "approvals show",
  summary: "Show exactly what an approval would let out",
  args: { approval: { description: "Id of the approval.", required: true } },
  options: {},
  json: true,
  examples: [{ line: "floom approvals show apr_01j9...", does: "Read it before you decide." }],
});

/** How an approval is given, by its own id or by the run that asks. */
export const approve = {
  summary: "Approve, as proposed or with edits",
  description: "The first decision wins; a second one is refused and told what was decided.",
  args: { id },
  options: {
    comment: { kind: "value", flags: "--comment <text>", description: "A reason for the record." },
    edit: {
      kind: "value",
      flags: "--edit <json>",
      description: "JSON object that is executed instead of the proposed outputs, or @file that holds it.",
      complete: "files",
    },
  },
  json: true,
} as const;

/** How an approval is refused, by its own id or by the run that asks. */
export const reject = {
  summary: "Reject, with a reason for the worker's record",
  args: { id },
  options: { reason: { kind: "value", flags: "--reason <text>", description: "Why not." } },
  json: true,
} as const;

export const approveSpec = defineCommand({
  name: "approvals approve",
  ...approve,
  examples: [
    { line: "floom approvals approve apr_01j9...", does: "Let it happen." },
    { line: `floom approvals approve apr_01j9... --edit '{"body":"Hi"}'`, does: "Let this happen instead." },
  ],
});

export const rejectSpec = defineCommand({
  name: "approvals reject",
  ...reject,
  examples: [{ line: 'floom approvals reject apr_01j9... --reason "Too early"', does: "Stop it." }],
});
