import type { TriggerSource } from "#contract/runs/run";

/** What started a run, in words. */
export const sourceWords: Record<TriggerSource, string> = {
  manual: "A person",
  schedule: "A schedule",
  webhook: "A webhook",
  composio: "An app",
  mcp: "An agent",
  cli: "The terminal",
  approval: "An approval",
  worker_call: "Another worker",
  restart_retry: "A restart",
  public_share: "A visitor",
  evaluation: "An evaluation",
};
