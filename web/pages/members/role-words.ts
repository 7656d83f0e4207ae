import type { Role } from "#contract/access/access";

/** What somebody is in a workspace, and what they may. */
export const roleWords: Record<Role, { is: string; may: string }> = {
  owner: { is: "Owner", may: "everything, also delete the workspace" },
  admin: { is: "Admin", may: "look after members, settings and the record of changes" },
  editor: { is: "Editor", may: "push, run, decide and set secrets" },
  viewer: { is: "Viewer", may: "look" },
};
