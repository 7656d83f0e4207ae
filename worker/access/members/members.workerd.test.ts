import { env } from "cloudflare:workers";
import { beforeEach, expect, it } from "vitest";
import * as z from "zod";
import {
  invitationSchema,
  madeInvitationSchema,
  memberSchema,
  workerSharingSchema,
  workspaceSummarySchema,
} from "#contract/members/member";
import { madeUserSchema, userSchema } from "#contract/users/user";
import { workspaceIdSchema } from "#contract/ids";
import { problemSchema } from "#contract/problem";
import { callApi, ownerWorkspace, seedWorker, testHost } from "../../../test/support/workerd/api-harness.ts";
import type { ApiCall } from "../../../test/support/workerd/api-harness.ts";
import { personId, seedMember, signIn } from "../../../test/support/workerd/people.ts";
import { verifies } from "../../../test/verifies.ts";
import { memberDeps } from "../../compose/member-deps.ts";
import { attempt } from "../../platform/attempt.ts";
import { acceptInvitation, changeMember, leaveWorkspace, removeMember } from "./service.ts";

const deps = memberDeps(testHost);

beforeEach(async () => {
  await callApi("GET", "/api/runs");
  await env.DB.batch([env.DB.prepare("DELETE FROM members"), env.DB.prepare("DELETE FROM invitations")]);
});

async function ask(method: string, path: string, call: ApiCall = {}) {
  const response = await callApi(method, path, call);
  const text = await response.text();
  return { status: response.status, body: text === "" ? null : (JSON.parse(text) as unknown) };
}
const refusal = async (method: string, path: string, call: ApiCall) => {
  const { status, body } = await ask(method, path, call);
  return [status, problemSchema.parse(body).code];
};
const member = (letter: string, more = "") => `/api/workspace/members/${personId(letter)}${more}`;

async function roles(): Promise<Record<string, string>> {
  const { body } = await ask("GET", "/api/workspace/members");
  return Object.fromEntries(
    z
      .array(memberSchema)
      .parse(body)
      .map((one) => [one.email.charAt(0), one.role]),
  );
}

it("two owners who demote each other, or leave, at the same time leave one", async () => {
  verifies("access:members:last-owner-kept");
  const acts: Record<string, (letter: string) => Promise<unknown>> = {
    demote: async (letter: string) =>
      changeMember(deps, await signIn(letter === "a" ? "b" : "a"), {
        userId: personId(letter),
        role: "viewer",
      }),
    remove: async (letter: string) =>
      removeMember(deps, await signIn(letter === "a" ? "b" : "a"), personId(letter)),
    leave: async (letter: string) => leaveWorkspace(deps, await signIn(letter)),
  };
  for (const act of Object.values(acts)) {
    await seedMember("a", "owner");
    await seedMember("b", "owner");
    const done = await Promise.all(["a", "b"].map((letter) => attempt(() => act(letter))));
    expect(done.filter(({ ok }) => ok)).toHaveLength(1);
    expect(done.find(({ ok }) => !ok)).toMatchObject({ refusal: { code: "last_owner" } });
    expect(Object.values(await roles()).filter((role) => role === "owner")).toHaveLength(1);
  }
});

it("an admin neither makes nor unmakes an owner, and may all else; an editor changes nobody", async () => {
  verifies("access:members:roles-bounded");
  const [admin, editor] = [await seedMember("a", "admin"), await seedMember("e", "editor")];
  await seedMember("w", "owner");
  await seedMember("p", "owner");
  const change = (letter: string, role: string, token: string) => ({
    path: member(letter),
    call: { token, json: { role } },
  });
  for (const { path, call } of [
    change("w", "viewer", admin),
    change("e", "owner", admin),
    change("a", "owner", admin),
  ])
    expect(await refusal("PATCH", path, call)).toEqual([403, "owner_only"]);
  expect(await refusal("DELETE", member("w"), { token: admin })).toEqual([403, "owner_only"]);
  expect(await refusal("POST", member("a", "/transfer-owner"), { token: admin })).toEqual([
    403,
    "insufficient_scope",
  ]);
  expect(await refusal("PATCH", member("a"), { token: editor, json: { role: "viewer" } })).toEqual([
    403,
    "insufficient_scope",
  ]);
  expect((await ask("PATCH", member("e"), { token: admin, json: { role: "viewer" } })).status).toBe(200);
  expect((await ask("DELETE", member("e"), { token: admin })).status).toBe(204);
  expect((await ask("GET", "/api/runs", { token: editor })).status).toBe(401);
  expect(await roles()).toEqual({ a: "admin", w: "owner", p: "owner" });
});

it("an owner hands the workspace on and is an admin then", async () => {
  const owner = await seedMember("w", "owner");
  await seedMember("e", "editor");
  expect((await ask("POST", member("e", "/transfer-owner"), { token: owner })).status).toBe(200);
  expect(await roles()).toEqual({ w: "admin", e: "owner" });
  expect(await refusal("POST", member("w", "/transfer-owner"), { token: owner })).toEqual([
    403,
    "insufficient_scope",
  ]);
});

it("an invitation is taken up once, in time, and by the address it was sent to", async () => {
  verifies("access:invitations:once-for-one");
  const admin = await seedMember("a", "admin");
  const invite = async (email: string) =>
    madeInvitationSchema.parse(
      (await ask("POST", "/api/workspace/members", { token: admin, json: { email, role: "viewer" } })).body,
    );
  const first = await invite("Nia@Example.com");
  const second = await invite("nia@example.com");
  expect(second).toMatchObject({ email: "nia@example.com", role: "viewer", mailed: true });
  const [, token = ""] = second.link.split("#");
  const open = z
    .array(invitationSchema)
    .parse((await ask("GET", "/api/workspace/invitations", { token: admin })).body);
  expect(open.map(({ id }) => id)).toEqual([second.id]);
  expect(JSON.stringify(open)).not.toContain(token);

  await seedMember("n", "owner", { workspaceId: "wsp_33333333333333333333333333" });
  const nia = { ...(await signIn("n", "wsp_33333333333333333333333333")), email: "nia@example.com" };
  const accept = (by: typeof nia, given = token, at = deps.clock) =>
    attempt(() => acceptInvitation({ ...deps, clock: at }, by, given));
  const invalid = { refusal: { code: "invitation_invalid" } };
  expect(await accept({ ...nia, email: "mallory@example.com" })).toMatchObject(invalid);
  expect(await accept({ ...nia, email: null } as unknown as typeof nia)).toMatchObject(invalid);
  expect(await accept(nia, first.link.split("#")[1])).toMatchObject(invalid);
  expect(await accept(nia, token, () => Date.parse(second.expires_at))).toMatchObject(invalid);
  const taken = await Promise.all([accept(nia), accept(nia)]);
  expect(taken.filter(({ ok }) => ok)).toHaveLength(1);
  expect(await roles()).toEqual({ a: "admin", n: "viewer" });
  expect(await refusal("POST", "/api/invitations/accept", { token: admin, json: { token } })).toEqual([
    403,
    "account_only",
  ]);
  expect(
    await refusal("POST", "/api/workspace/members", { token: admin, json: { email: "nia@example.com" } }),
  ).toEqual([409, "already_member"]);
});

it("a person makes workspaces of their own, and their tokens stay in the one they were made in", async () => {
  const token = await seedMember("e", "editor");
  const made = workspaceSummarySchema.parse(
    (await ask("POST", "/api/workspaces", { token, json: { name: " Mine " } })).body,
  );
  expect(made).toMatchObject({ name: "Mine", role: "owner", current: false });
  expect(
    (await ask("GET", "/api/runs", { token, headers: { "x-workeros-workspace": made.id } })).status,
  ).toBe(404);
  const list = z.array(workspaceSummarySchema).parse((await ask("GET", "/api/workspaces", { token })).body);
  expect(list.map(({ id, current }) => [id, current])).toEqual([
    [ownerWorkspace, true],
    [made.id, false],
  ]);
  const reader = await seedMember("e", "editor", { scopes: ["workspace:read"] });
  expect((await ask("GET", "/api/workspaces", { token: reader })).body).toMatchObject([
    { id: ownerWorkspace },
  ]);
  expect(await refusal("POST", "/api/workspaces", { json: { name: "No" } })).toEqual([403, "account_only"]);
  const renamed = await ask("PATCH", "/api/workspace", { json: { name: "Ours" } });
  expect(renamed.body).toMatchObject({ id: workspaceIdSchema.parse(ownerWorkspace), name: "Ours" });
});

it("whoever made a worker and admins say who sees it and may start it; another editor does not", async () => {
  verifies("access:grants:by-maker");
  const [maker, other] = [await seedMember("m", "editor"), await seedMember("e", "editor")];
  await seedMember("v", "viewer");
  const id = await seedWorker("shared");
  await env.DB.prepare("UPDATE workers SET made_by = ? WHERE id = ?").bind(personId("m"), id).run();
  const grants = `/api/workers/shared/grants/${personId("v")}`;
  const give = { json: { grants: ["runner", "approver"] } };
  expect(await refusal("PUT", grants, { ...give, token: other })).toEqual([403, "maker_only"]);
  const shared = workerSharingSchema.parse((await ask("PUT", grants, { ...give, token: maker })).body);
  expect(shared.grants).toEqual([
    { user_id: personId("v"), email: "v@example.com", grants: ["approver", "runner"] },
  ]);
  const visibility = { json: { visibility: "private" } };
  expect((await ask("PUT", "/api/workers/shared/visibility", { ...visibility, token: maker })).status).toBe(
    200,
  );
  expect((await ask("GET", "/api/workers/shared", { token: other })).status).toBe(404);
  expect(
    await refusal("PUT", "/api/workers/shared/grants/usr_00000000000000000000000000", {
      ...give,
      token: maker,
    }),
  ).toEqual([404, "not_found"]);
  const none = await ask("PUT", grants, { json: { grants: [] } });
  expect(workerSharingSchema.parse(none.body)).toMatchObject({ visibility: "private", grants: [] });
});

it("the first Floom's clients list people, ask one to come, change and remove them, and nobody is made an owner that way", async () => {
  const admin = await seedMember("a", "admin");
  await seedMember("v", "viewer");
  await seedMember("w", "owner");
  const create = (json: unknown) => ask("POST", "/api/users", { token: admin, json });
  const made = madeUserSchema.parse((await create({ email: "Nia@Example.com" })).body);
  expect(made).toMatchObject({ email: "nia@example.com", role: "member", status: "invited" });
  expect(made.link).toContain("/invite#");
  for (const json of [
    { email: "x@example.com", password: "chosen" },
    { email: "x@example.com", role: "owner" },
  ])
    expect((await create(json)).status).toBe(422);
  const listed = async () => {
    const users = z.array(userSchema).parse((await ask("GET", "/api/users", { token: admin })).body);
    return users.map(({ email, role, workspace_role: was, status }) => [email.charAt(0), role, was, status]);
  };
  const change = (letter: string, role: string) =>
    ask("PATCH", `/api/users/${personId(letter)}`, { token: admin, json: { role } });
  expect((await change("v", "member")).body).toMatchObject({ workspace_role: "viewer" });
  expect((await change("v", "owner")).body).toMatchObject({ code: "owner_only" });
  expect((await ask("DELETE", `/api/users/${personId("w")}`, { token: admin })).body).toMatchObject({
    code: "owner_only",
  });
  expect((await ask("DELETE", `/api/users/${made.id}`, { token: admin })).status).toBe(204);
  expect((await ask("DELETE", `/api/users/${made.id}`, { token: admin })).status).toBe(404);
  expect(await listed()).toEqual([
    ["a", "admin", "admin", "active"],
    ["v", "member", "viewer", "active"],
    ["w", "owner", "owner", "active"],
  ]);
  expect((await ask("DELETE", `/api/users/${personId("v")}`, { token: admin })).status).toBe(204);
  const viewer = await seedMember("v", "viewer");
  expect(await refusal("GET", "/api/users", { token: viewer })).toEqual([403, "insufficient_scope"]);
});
