import fc from "fast-check";
import { expect, it } from "vitest";
import { allScopes } from "#contract/access/access";
import type { Principal, Scope } from "#contract/access/access";
import { limits } from "#contract/limits";
import { verifies } from "../../../test/verifies.ts";
import { endOfToken, isInReach, mayHold, requireHeld, requireMaker, requirePerson } from "./token-rules.ts";
import type { OwnedToken } from "./token-rules.ts";

const DAY_MS = 86_400_000;
const scopes = fc.subarray([...allScopes]);
const people = fc.constantFrom("usr_ada", "usr_ben", null);
const ids = fc.constantFrom("tok_1", "tok_2", "tok_3");

/** Somebody who asks, of the workspace that every token here is of. */
const principals = fc
  .record({ id: ids, user_id: people, scopes, owner: fc.boolean(), isAccount: fc.boolean() })
  .map(({ isAccount, ...who }) => {
    const of = { workspace_id: "wsp_a", role: null, reach: null };
    return (isAccount && who.user_id !== null
      ? {
          ...of,
          kind: "account",
          id: who.user_id,
          user_id: who.user_id,
          scopes: who.scopes,
          role: "viewer",
          email: null,
        }
      : { ...of, kind: "token", ...who }) as unknown as Principal;
  });
const tokens: fc.Arbitrary<OwnedToken> = fc.record({
  id: ids,
  kind: fc.constantFrom("owner" as const, "token" as const, "service" as const),
  user_id: people,
  created_by: fc.option(ids),
});

it("nobody is shown a new token in the place of another person's, or of the owner's", () => {
  verifies("tokens:rotate:own-alone");
  fc.assert(
    fc.property(principals, tokens, (principal, token) => {
      const person = "user_id" in principal ? principal.user_id : null;
      if (!mayHold(principal, token)) return;
      expect(token.kind).not.toBe("owner");
      if (token.kind === "token") expect(token.user_id).toBe(person);
    }),
    { seed: 7, numRuns: 2000 },
  );
});

it("whoever does not look after members sees their own tokens, or those they made", () => {
  fc.assert(
    fc.property(principals, tokens, (principal, token) => {
      fc.pre(!principal.scopes.includes("members:write"));
      const person = "user_id" in principal ? principal.user_id : null;
      const isOwn =
        person === null
          ? token.created_by === principal.id
          : token.user_id === person && token.kind === "token";
      expect(isInReach(principal, token)).toBe(isOwn || token.id === principal.id);
    }),
    { seed: 7, numRuns: 2000 },
  );
});

it("no scope is given that its giver has not got", () => {
  verifies("tokens:scopes:never-more-than-the-maker");
  fc.assert(
    fc.property(scopes, scopes, (asked: Scope[], held: Scope[]) => {
      const isHeld = asked.every((scope) => held.includes(scope));
      if (isHeld) expect(() => requireHeld(asked, held)).not.toThrow();
      else expect(() => requireHeld(asked, held)).toThrow(/Not among the scopes/);
    }),
    { seed: 7 },
  );
});

it("a token makes tokens by its scope, a person without one; a run, a trigger and a link make none", () => {
  verifies("tokens:scopes:never-more-than-the-maker");
  const of = { id: "x", workspace_id: "wsp_a", user_id: null, role: null, reach: null, owner: false };
  const who = (kind: string, given: Scope[]) => ({ ...of, kind, scopes: given }) as unknown as Principal;
  expect(() => requireMaker(who("token", ["tokens:write"]))).not.toThrow();
  expect(() => requireMaker(who("account", []))).not.toThrow();
  const refused = [who("token", []), ...["run", "trigger", "link"].map((kind) => who(kind, [...allScopes]))];
  for (const principal of refused) expect(() => requireMaker(principal)).toThrow(/tokens:write/);
});

it("a terminal is let in by a person, never by a token, whatever that may do", () => {
  verifies("tokens:device:people-approve");
  const of = {
    id: "x",
    workspace_id: "wsp_a",
    user_id: "usr_ada",
    role: null,
    reach: null,
    scopes: [...allScopes],
  };
  const who = (kind: string, owner: boolean) => ({ ...of, kind, owner }) as unknown as Principal;
  expect(() => requirePerson(who("account", false), false)).not.toThrow();
  expect(() => requirePerson(who("token", true), true)).not.toThrow();
  expect(() => requirePerson(who("token", true), false)).toThrow(/person who is signed in/);
  for (const kind of ["token", "run", "trigger", "link"])
    expect(() => requirePerson(who(kind, false), true)).toThrow(/person who is signed in/);
});

it("every token ends, within the bound, and never after the one that made it", () => {
  verifies("tokens:expiry:bounded");
  const most = limits.token_days.value;
  const days = fc.option(fc.integer({ min: 1, max: most }), { nil: undefined });
  const left = fc.option(fc.integer({ min: 1, max: most * DAY_MS }));
  fc.assert(
    fc.property(days, left, fc.nat(), (wanted, rest, now) => {
      const makerEnds = rest === null ? null : now + rest;
      const asksTooMuch = wanted !== undefined && makerEnds !== null && now + wanted * DAY_MS > makerEnds;
      if (asksTooMuch) {
        expect(() => endOfToken({ days: wanted, now, makerEnds })).toThrow(/does not outlive/);
        return;
      }
      const end = endOfToken({ days: wanted, now, makerEnds });
      expect(end).toBeGreaterThan(now);
      expect(end).toBeLessThanOrEqual(makerEnds ?? now + most * DAY_MS);
      if (wanted !== undefined) expect(end).toBe(now + wanted * DAY_MS);
    }),
    { seed: 7, numRuns: 500 },
  );
});
