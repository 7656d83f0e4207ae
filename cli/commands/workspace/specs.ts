import { changeSettingsSchema } from "#contract/retention/retention";
import { defineCommand } from "../../command.ts";

export const deleteWorkspaceSpec = defineCommand({
  name: "workspace delete",
  summary: "Delete the workspace with everything in it",
  description:
    "Needs the owner's token. Shows what is stored and asks for the workspace's id; without a terminal to ask at, --yes is demanded. From then on nothing is started and no token is good any more: runs are cancelled, and workers, runs, files, approvals, triggers, alerts, tokens and settings go. That goes on behind the answer. Until it is done the owner's token is refused, and the refusal says how much is left; afterwards it makes a new, empty workspace.",
  args: {},
  options: { yes: { kind: "flag", flags: "-y, --yes", description: "Do not ask." } },
  json: true,
  examples: [
    { line: "floom workspace delete", does: "Ask for the workspace's id, and delete it." },
    { line: "floom workspace delete --yes", does: "Delete the token's workspace without a question." },
  ],
});

export const workspaceSettingsSpec = defineCommand({
  name: "workspace settings",
  summary: "Show what the workspace has set",
  args: {},
  options: {},
  json: true,
  examples: [{ line: "floom workspace settings", does: "Show every setting with its value." }],
});

export const setWorkspaceSpec = defineCommand({
  name: "workspace set",
  summary: "Change a setting of the workspace",
  description:
    "For admins. How long runs are kept, what they may cost, and what holds for workers whose worker.yml leaves it open: see the reference of PATCH /api/workspace/settings. none takes a setting away.",
  args: {
    setting: {
      description: "Which one.",
      required: true,
      complete: Object.keys(changeSettingsSchema.shape),
    },
    value: { description: "What it is to be, or none.", required: true },
  },
  options: {},
  json: true,
  examples: [
    { line: "floom workspace set daily_spend_cap_usd 5", does: "Let runs cost five dollars a day at most." },
    {
      line: "floom workspace set default_timeout_seconds 120",
      does: "Give workers two minutes unless they say otherwise.",
    },
    {
      line: "floom workspace set approval_default always",
      does: "Hold every new worker until somebody approves.",
    },
    { line: "floom workspace set daily_spend_cap_usd none", does: "Take the cap away." },
  ],
});
