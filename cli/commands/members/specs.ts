import { roleSchema } from "#contract/access/access";
import { invitedRoleSchema } from "#contract/members/member";
import { defineCommand } from "../../command.ts";

const member = { description: "Their e-mail address or id.", required: true } as const;
const yes = { kind: "flag", flags: "-y, --yes", description: "Do not ask." } as const;

export const listMembersSpec = defineCommand({
  name: "members list",
  aliases: ["ls"],
  summary: "List who is in the workspace, and who was invited",
  args: {},
  options: {},
  json: true,
  examples: [{ line: "floom members list", does: "Show the members and what they are." }],
});

export const inviteMemberSpec = defineCommand({
  name: "members invite",
  summary: "Invite somebody by their e-mail address",
  description:
    "They become a member once they have opened the link, signed in with that address. The link is shown this once.",
  args: { email: { description: "Their e-mail address.", required: true } },
  options: {
    role: {
      kind: "value",
      flags: "-r, --role <role>",
      description: "What they are to be; an editor unless said.",
      choices: invitedRoleSchema.options,
    },
  },
  json: true,
  examples: [
    { line: "floom members invite ada@example.com", does: "Invite her as an editor." },
    { line: "floom members invite bob@example.com --role viewer", does: "Invite him to look only." },
  ],
});

export const setRoleSpec = defineCommand({
  name: "members role",
  summary: "Change somebody's role",
  args: {
    member,
    role: { description: "owner, admin, editor or viewer.", required: true, complete: roleSchema.options },
  },
  options: {},
  json: true,
  examples: [{ line: "floom members role ada@example.com admin", does: "Make her an admin." }],
});

export const removeMemberSpec = defineCommand({
  name: "members remove",
  summary: "Remove somebody from the workspace",
  description: "Their tokens and grants there end at once. What they made stays.",
  args: { member },
  options: { yes },
  json: true,
  examples: [{ line: "floom members remove bob@example.com", does: "Ask, and remove him." }],
});

export const transferSpec = defineCommand({
  name: "members transfer",
  summary: "Hand the workspace to another member",
  description: "They become an owner and you an admin.",
  args: { member },
  options: { yes },
  json: true,
  examples: [{ line: "floom members transfer ada@example.com", does: "Ask, and make her the owner." }],
});
