import fc from "fast-check";
import { expect, it } from "vitest";
import { allScopes, roleSchema } from "#contract/access/access";
import type { Principal, WorkerReach } from "#contract/access/access";
import { scopesOfRole } from "#contract/access/roles";
import type { RunId, UserId, WorkerId, WorkspaceId } from "#contract/ids";
import { can, hiddenWorkers, mayAsk, mayDecideAsPerson } from "./policy.ts";
import { linkPrincipal, runPrincipal, triggerPrincipal } from "./principal.ts";

const workspaces = fc.constantFrom("wsp_a", "wsp_b", "wsp_c").map((id) => id as WorkspaceId);
const roles = fc.constantFrom(...roleSchema.options);
const scopes = fc.subarray([...allScopes]);
const principals: fc.Arbitrary<Principal> = fc
  .record({
    id: fc.string(),
    workspace_id: workspaces,
    scopes,
    owner: fc.boolean(),
    user_id: fc.constant("usr_a" as UserId),
    role: roles,
    reach: fc.constant(null),
    email: fc.constant(null),
  })
  .chain((actor) =>
    fc.constantFrom<Principal>(
      { kind: "token", ...actor },
      { kind: "account", ...actor },
      triggerPrincipal({ id: actor.id, workspaceId: actor.workspace_id }, actor.scopes),
    ),
  );

it("a principal reaches the things of its own workspace alone, and those by its scopes alone", () => {
  fc.assert(
    fc.property(principals, fc.constantFrom(...allScopes), workspaces, (principal, scope, workspace_id) => {
      const allowed = principal.workspace_id === workspace_id && principal.scopes.includes(scope);
      expect(can(principal, scope, { workspace_id })).toBe(allowed);
    }),
    { seed: 7, numRuns: 500 },
  );
});

it("what is left to clients is decided by no token that may only look, whoever made it", () => {
  fc.assert(
    fc.property(principals, workspaces, (principal, workspace_id) => {
      const isActing = ["runs:write", "approvals:decide"].some((scope) =>
        allScopes.some((one) => one === scope && principal.scopes.includes(one)),
      );
      if (!isActing) expect(mayDecideAsPerson(principal, { workspace_id })).toBe(false);
      if (principal.workspace_id !== workspace_id)
        expect(mayDecideAsPerson(principal, { workspace_id })).toBe(false);
    }),
    { seed: 11, numRuns: 500 },
  );
});

it("a run may do nothing that a scope is asked for, in its own workspace neither", () => {
  const of = { run: "run_1" as RunId, workspace: "wsp_a" as WorkspaceId };
  const principal = runPrincipal({ ...of, attempt: 1, launch: 1 });
  for (const scope of allScopes) expect(can(principal, scope, { workspace_id: "wsp_a" })).toBe(false);
});

it("whoever came by a link may do the one thing to the one worker, and nothing to what is no worker's", () => {
  const of = { id: "shr_1", workspaceId: "wsp_a" as WorkspaceId, workerId: "wrk_1" as WorkerId };
  const theirs = { workspace_id: "wsp_a", worker_id: "wrk_1" };
  for (const scope of allScopes) {
    const principal = linkPrincipal(of, "runs:write");
    expect(can(principal, scope, theirs)).toBe(scope === "runs:write");
    expect(can(principal, scope, { ...theirs, worker_id: "wrk_2" })).toBe(false);
    expect(can(principal, scope, { ...theirs, workspace_id: "wsp_b" })).toBe(false);
    expect(can(principal, scope, { workspace_id: "wsp_a" })).toBe(false);
  }
});

it("the scopes of a trigger are its own: whoever lent them cannot take them back by changing his list", () => {
  const lent = ["runs:read" as const];
  const principal = triggerPrincipal({ id: "trg_1", workspaceId: "wsp_a" as WorkspaceId }, lent);
  lent.length = 0;
  expect(principal.scopes).toEqual(["runs:read"]);
});

const hidden = { id: "wrk_hidden", name: "hidden" };
const lent = { id: "wrk_lent", name: "lent" };
const viewer = (reach: WorkerReach): Principal => ({
  kind: "account",
  id: "usr_a",
  user_id: "usr_a" as UserId,
  workspace_id: "wsp_a" as WorkspaceId,
  role: "viewer",
  email: null,
  scopes: [...scopesOfRole.viewer],
  reach,
});

it("nothing of a private worker of somebody else is reached, by its id or by its name, whatever the scope", () => {
  const principal = { ...viewer({ hidden: [hidden], runner: [], approver: [] }), scopes: [...allScopes] };
  for (const scope of allScopes) {
    expect(can(principal, scope, { workspace_id: "wsp_a", worker_id: hidden.id })).toBe(false);
    expect(can(principal, scope, { workspace_id: "wsp_a", worker_name: hidden.name })).toBe(false);
    expect(can(principal, scope, { workspace_id: "wsp_a", worker_id: lent.id })).toBe(true);
  }
  expect(hiddenWorkers(principal)).toEqual([hidden.name]);
});

it("a grant opens its own worker and what it is named for, and nothing else", () => {
  const runner = viewer({ hidden: [], runner: [lent], approver: [] });
  const approver = viewer({ hidden: [], runner: [], approver: [lent] });
  const ofLent = { workspace_id: "wsp_a", worker_id: lent.id };
  expect(can(runner, "runs:write", ofLent)).toBe(true);
  expect(can(approver, "approvals:decide", ofLent)).toBe(true);
  expect(can(approver, "runs:write", ofLent)).toBe(false);
  expect(can(runner, "approvals:decide", ofLent)).toBe(false);
  expect(can(runner, "workers:write", ofLent)).toBe(false);
  expect(can(runner, "runs:write", { workspace_id: "wsp_a", worker_id: "wrk_other" })).toBe(false);
  expect(can(runner, "runs:write", { workspace_id: "wsp_b", worker_id: lent.id })).toBe(false);
});

it("a route asks for a grant only where it says so", () => {
  const runner = viewer({ hidden: [], runner: [lent], approver: [] });
  expect(mayAsk(runner, "runs:write", "runner")).toBe(true);
  expect(mayAsk(runner, "runs:write", undefined)).toBe(false);
  expect(mayAsk(runner, "approvals:decide", "approver")).toBe(false);
  expect(mayAsk(viewer({ hidden: [], runner: [], approver: [] }), "runs:write", "runner")).toBe(false);
});
