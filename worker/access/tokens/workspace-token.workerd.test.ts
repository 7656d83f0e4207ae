import { env } from "cloudflare:workers";
import { beforeEach, expect, it } from "vitest";
import { auditPageSchema } from "#contract/audit/audit";
import { problemSchema } from "#contract/problem";
import { createdTokenSchema } from "#contract/tokens/token";
import type { CreatedToken } from "#contract/tokens/token";
import {
  callApi,
  ownerToken,
  ownerWorkspace,
  strangerToken,
} from "../../../test/support/workerd/api-harness.ts";
import { strangerWorkspace } from "../../../test/support/workerd/stranger.ts";
import { personId, seedMember } from "../../../test/support/workerd/people.ts";
import { verifies } from "../../../test/verifies.ts";

const END = Date.UTC(2100, 0);
const given = ["runs:read", "runs:write", "workers:read", "tokens:write", "audit:read"];
const ask = (token: string, workspace = strangerWorkspace) =>
  callApi("POST", `/api/workspaces/${workspace}/token`, { token });
const codeOf = async (answer: Response) => problemSchema.parse(await answer.json()).code;

/** The token of somebody who is an admin of one workspace, and a viewer of another. */
let shown = "";
beforeEach(async () => {
  await callApi("GET", "/api/runs");
  await seedMember("a", "viewer", { workspaceId: strangerWorkspace, scopes: [] });
  shown = await seedMember("a", "admin", { scopes: given });
  await env.DB.prepare("UPDATE tokens SET expires_at = ? WHERE user_id = ? AND workspace_id = ?")
    .bind(END, personId("a"), ownerWorkspace)
    .run();
});

async function make(token = shown, workspace = strangerWorkspace): Promise<CreatedToken> {
  const answer = await ask(token, workspace);
  expect(answer.status).toBe(201);
  return createdTokenSchema.parse(await answer.json());
}

it("a person's token gets one for another workspace of theirs, with no scope and no day more than it has and their role there", async () => {
  verifies("tokens:workspace:no-wider");
  const made = await make();
  expect(made).toMatchObject({ kind: "personal", name: "pat", expires_at: new Date(END).toISOString() });
  // A viewer there: neither starts, nor tokens, nor the record of changes.
  expect(made.scopes.toSorted()).toEqual(["runs:read", "workers:read"]);
  const info = await callApi("GET", "/api/workspace/info", { token: made.token });
  expect(await info.json()).toMatchObject({ workspace_id: strangerWorkspace });
  expect((await callApi("GET", "/api/secrets", { token: made.token })).status).toBe(403);
  const headers = { "x-workeros-workspace": ownerWorkspace };
  expect((await callApi("GET", "/api/runs", { token: made.token, headers })).status).toBe(404);
});

it("the new token is listed and on record in the workspace that it is for, and ends with its person's leaving that", async () => {
  verifies("tokens:workspace:no-wider");
  const made = await make();
  const theirs = await strangerToken();
  const listed = await callApi("GET", "/api/auth/tokens", { token: theirs });
  const text = await listed.text();
  expect(text).toContain(made.id);
  expect(text).not.toContain(made.token);
  const page = await callApi("GET", "/api/audit", { token: theirs });
  expect(auditPageSchema.parse(await page.json()).events).toMatchObject([
    { action: "createWorkspaceToken", outcome: "done", actor: { kind: "token", user_id: personId("a") } },
  ]);
  await env.DB.prepare("DELETE FROM members WHERE user_id = ? AND workspace_id = ?")
    .bind(personId("a"), strangerWorkspace)
    .run();
  expect((await callApi("GET", "/api/runs", { token: made.token })).status).toBe(401);
  expect(await codeOf(await ask(shown))).toBe("not_found");
});

it("a workspace that somebody is not in is not there, nor is any for a token that is nobody's; one that makes no tokens makes none", async () => {
  verifies("tokens:workspace:members-alone");
  const missing = `wsp_${"7".repeat(26)}`;
  const outsider = await seedMember("x", "owner");
  for (const token of [outsider, ownerToken]) {
    const [theirs, none] = [await ask(token), await ask(token, missing)];
    expect([theirs.status, await codeOf(theirs)]).toEqual([404, "not_found"]);
    expect([none.status, await codeOf(none)]).toEqual([404, "not_found"]);
  }
  const weak = await seedMember("a", "admin", { scopes: ["runs:read", "workers:read"] });
  for (const workspace of [strangerWorkspace, missing])
    expect(await codeOf(await ask(weak, workspace))).toBe("insufficient_scope");
  const narrow = await seedMember("a", "admin", { scopes: ["tokens:write"] });
  expect(await codeOf(await ask(narrow))).toBe("scope_exceeds_maker");
});
