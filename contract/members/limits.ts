import type { Limit } from "../limit.ts";

/** The limits of workspaces and who is in them. */
export const accessLimits = {
  workspace_members: { value: 500, unit: "items", what: "members of a workspace" },
  workspace_invitations: {
    value: 100,
    unit: "items",
    what: "invitations of a workspace that nobody has taken up",
  },
  person_workspaces: { value: 20, unit: "items", what: "workspaces that somebody is in" },
  invitation_days: { value: 7, unit: "days", what: "the time in which an invitation can be taken up" },
  workspace_name_characters: { value: 80, unit: "characters", what: "the name of a workspace" },
} as const satisfies Record<string, Limit>;
