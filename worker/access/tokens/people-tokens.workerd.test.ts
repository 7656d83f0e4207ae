import { env } from "cloudflare:workers";
import { beforeEach, expect, it } from "vitest";
import { allScopes } from "#contract/access/access";
import type { Principal, Role } from "#contract/access/access";
import { callApi, testHost } from "../../../test/support/workerd/api-harness.ts";
import { personId, seedMember, signIn } from "../../../test/support/workerd/people.ts";
import { verifies } from "../../../test/verifies.ts";
import { attempt } from "../../platform/attempt.ts";
import { tokenDeps } from "../../compose/token-deps.ts";
import { approveDevice, pollDevice, startDevice } from "../devices/service.ts";
import { createToken, deleteToken, listTokens, rotateToken } from "./service.ts";

const deps = tokenDeps(testHost);
const here = { origin: "http://floom.test" };

beforeEach(async () => {
  // The first request makes the owner's workspace.
  await callApi("GET", "/api/runs");
});

/** Somebody who is signed in as a member of the owner's workspace. */
async function signedIn(letter: string, role: Role): Promise<Principal> {
  await seedMember(letter, role);
  return signIn(letter);
}

const setRole = (letter: string, role: string) =>
  env.DB.prepare("UPDATE members SET role = ? WHERE user_id = ?").bind(role, personId(letter)).run();
const status = async (path: string, token: string) => (await callApi("GET", path, { token })).status;
const codeOf = async (act: () => Promise<unknown>) => {
  const tried = await attempt(act);
  return tried.ok ? "ok" : tried.refusal.code;
};

async function logIn(person: Principal): Promise<string> {
  const asked = { client_name: "floom-cli", scopes: [...allScopes] };
  const { device_code, user_code } = await startDevice(deps, asked, { ...here, address: null });
  await approveDevice(deps, person, { user_code, scopes: undefined });
  const polled = await pollDevice(deps, device_code, here);
  if (polled.status !== "approved") throw new Error("It was approved.");
  return polled.api_secret;
}

it("a member's terminal stays a member's: it may no more than its person, today and after they became less", async () => {
  verifies("tokens:device:no-escalation", "tokens:scopes:never-more-than-the-maker");
  const editor = await signedIn("e", "editor");
  const token = await logIn(editor);
  const service = await callApi("POST", "/api/auth/service-accounts", {
    token,
    json: { name: "mine", role: "admin" },
  });
  expect(service.status).toBe(403);
  for (const scopes of [["members:write"], ["workspace:own"], ["audit:read"]]) {
    const made = await callApi("POST", "/api/auth/tokens", { token, json: { name: "x", scopes } });
    expect(made.status).toBe(403);
  }
  // Becoming more does not reach a terminal that was let in before.
  await setRole("e", "owner");
  expect((await callApi("GET", "/api/auth/service-accounts", { token })).status).toBe(200);
  expect((await callApi("DELETE", "/api/auth/service-accounts/none", { token })).status).toBe(403);
  await setRole("e", "viewer");
  const secret = await callApi("POST", "/api/secrets/A", { token, json: { value: "x" } });
  expect([secret.status, await status("/api/runs", token)]).toEqual([403, 200]);
  await env.DB.prepare("DELETE FROM members WHERE user_id = ?").bind(personId("e")).run();
  expect(await status("/api/runs", token)).toBe(401);
});

it("nobody is shown another person's token: who administers may end it and not renew it", async () => {
  verifies("tokens:rotate:own-alone");
  const [owner, admin, viewer] = [
    await signedIn("p", "owner"),
    await signedIn("a", "admin"),
    await signedIn("v", "viewer"),
  ];
  const want = { name: "laptop", scopes: ["runs:read" as const] };
  const made = await createToken(deps, owner, want);
  const renew = (principal: Principal) =>
    codeOf(() => rotateToken(deps, principal, { id: made.id, expires_in_days: undefined }));
  expect([await renew(admin), await renew(viewer)]).toEqual(["insufficient_scope", "not_found"]);
  expect((await listTokens(deps, viewer)).map(({ id }) => id)).not.toContain(made.id);
  expect((await listTokens(deps, admin)).map(({ id }) => id)).toContain(made.id);
  expect(await codeOf(() => deleteToken(deps, viewer, made.id))).toBe("not_found");
  expect(await renew(owner)).toBe("ok");
  expect(await codeOf(() => deleteToken(deps, admin, made.id))).toBe("ok");
});

it("a viewer makes tokens of what a viewer may, and of nothing else", async () => {
  verifies("tokens:scopes:never-more-than-the-maker");
  const viewer = await signedIn("v", "viewer");
  const { token } = await createToken(deps, viewer, { name: "reads", scopes: ["runs:read"] });
  expect(await status("/api/runs", token)).toBe(200);
  for (const scope of ["runs:write", "tokens:write", "members:write"] as const) {
    const act = () => createToken(deps, viewer, { name: "x", scopes: [scope] });
    expect(await codeOf(act)).toBe("scope_exceeds_maker");
  }
});
