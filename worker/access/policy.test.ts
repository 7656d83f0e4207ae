import fc from "fast-check";
import { expect, it } from "vitest";
import { allScopes, roleSchema } from "#contract/access/access";
import type { Principal } from "#contract/access/access";
import type { RunId, UserId, WorkspaceId } from "#contract/ids";
import { can } from "./policy.ts";
import { runPrincipal, triggerPrincipal } from "./principal.ts";

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
  })
  .chain((actor) =>
    fc.constantFrom<Principal>(
      { kind: "token", ...actor },
      { kind: "account", ...actor },
      triggerPrincipal({ id: actor.id, workspaceId: actor.workspace_id }, actor.scopes),
      { kind: "link", ...actor },
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

it("a run may do nothing that a scope is asked for, in its own workspace neither", () => {
  const of = { run: "run_1" as RunId, workspace: "wsp_a" as WorkspaceId };
  const principal = runPrincipal({ ...of, attempt: 1, launch: 1 });
  for (const scope of allScopes) expect(can(principal, scope, { workspace_id: "wsp_a" })).toBe(false);
});

it("the scopes of a trigger are its own: whoever lent them cannot take them back by changing his list", () => {
  const lent = ["runs:read" as const];
  const principal = triggerPrincipal({ id: "trg_1", workspaceId: "wsp_a" as WorkspaceId }, lent);
  lent.length = 0;
  expect(principal.scopes).toEqual(["runs:read"]);
});
