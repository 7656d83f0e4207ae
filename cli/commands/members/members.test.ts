import { afterEach, beforeEach, expect, it } from "vitest";
import { invitationIdSchema, userIdSchema, workspaceIdSchema } from "#contract/ids";
import type { Invitation, Member, WorkerSharing } from "#contract/members/member";
import { callCli } from "../../../test/support/cli-host.ts";
import { startFakeEdge } from "../../../test/support/fake-edge.ts";
import type { FakeEdge } from "../../../test/support/fake-edge.ts";

const at = "2026-03-02T09:00:00.000Z";
const ada = userIdSchema.parse(`usr_${"a".repeat(26)}`);
const member: Member = { user_id: ada, email: "ada@example.com", name: null, role: "editor", joined_at: at };
const invitation: Invitation = {
  id: invitationIdSchema.parse(`inv_${"0".repeat(26)}`),
  email: "bob@example.com",
  role: "viewer",
  invited_by: ada,
  created_at: at,
  expires_at: at,
};
const sharing: WorkerSharing = {
  visibility: "private",
  made_by: ada,
  grants: [{ user_id: ada, email: "ada@example.com", grants: ["runner"] }],
};
const workspace = {
  id: workspaceIdSchema.parse(`wsp_${"0".repeat(26)}`),
  name: "Ours",
  role: "owner" as const,
  current: true,
  created_at: at,
};

let edge: FakeEdge;
beforeEach(async () => {
  edge = await startFakeEdge({
    listMembers: () => [member],
    listInvitations: () => [invitation],
    inviteMember: () => ({ ...invitation, link: "https://floom.test/invite#fli_x", mailed: false }),
    changeMember: ({ json }) => ({ ...member, ...(json() as object) }),
    removeMember: () => undefined,
    transferOwnership: () => ({ ...member, role: "owner" as const }),
    listWorkspaces: () => [workspace],
    createWorkspace: () => workspace,
    getWorkerSharing: () => sharing,
    setWorkerGrants: () => sharing,
    setWorkerVisibility: () => sharing,
  });
});
afterEach(() => edge.close());

const call = async (...argv: string[]) => callCli(argv, { edge });
const sent = () =>
  edge.requests
    .filter(({ routeId }) => routeId !== "listMembers")
    .map(({ routeId, params, body }) => [
      routeId,
      params,
      body.length > 0 ? (JSON.parse(body.toString()) as unknown) : null,
    ]);

it("people are named by their e-mail address or id, and changed by what is asked", async () => {
  expect((await call("members", "list")).stdout).toContain("ada@example.com");
  expect((await call("members", "role", "Ada@example.com", "admin")).stdout).toContain("is admin");
  await call("members", "remove", ada, "--yes");
  await call("members", "transfer", "ada@example.com", "--yes");
  expect(sent()).toEqual([
    ["listInvitations", {}, null],
    ["changeMember", { member: ada }, { role: "admin" }],
    ["removeMember", { member: ada }, null],
    ["transferOwnership", { member: ada }, null],
  ]);
});

it("the link of an invitation is what the command prints, and nothing else is", async () => {
  const { stdout } = await call("members", "invite", "bob@example.com", "--role", "viewer");
  expect(stdout).toBe("https://floom.test/invite#fli_x\n");
  expect(sent()).toEqual([["inviteMember", {}, { email: "bob@example.com", role: "viewer" }]]);
});

it("who is no member, a role that is none and a question that nobody can answer are told apart", async () => {
  expect((await call("members", "role", "eve@example.com", "admin")).exitCode).toBe(4);
  expect((await call("members", "role", "ada@example.com", "king")).exitCode).toBe(2);
  expect((await call("members", "remove", "ada@example.com", "--json")).exitCode).toBe(2);
  expect((await call("grants", "visibility", "w", "secret")).exitCode).toBe(2);
  expect(sent()).toEqual([]);
});

it("a member has of a worker what the command names and no more", async () => {
  await call("grants", "set", "invoice-bot", "ada@example.com", "--runner", "--approver");
  await call("grants", "set", "invoice-bot", ada);
  await call("grants", "visibility", "invoice-bot", "private");
  expect(sent().map(([, , body]) => body)).toEqual([
    { grants: ["runner", "approver"] },
    { grants: [] },
    { visibility: "private" },
  ]);
  expect(JSON.parse((await call("grants", "list", "invoice-bot", "--json")).stdout)).toEqual(sharing);
  expect(JSON.parse((await call("workspaces", "list", "--json")).stdout)).toEqual([workspace]);
  expect((await call("workspaces", "create", "Ours")).stdout).toContain(workspace.id);
});
