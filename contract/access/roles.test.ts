import fc from "fast-check";
import { expect, it } from "vitest";
import { allScopes, roleSchema } from "./access.ts";
import { scopesAllowed, scopesOfRole } from "./roles.ts";

it("each role may do all that the next lower one may, and something more; the owner may do everything", () => {
  const sizes = roleSchema.options.map((role) => scopesOfRole[role].length);
  expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
  for (const [place, role] of roleSchema.options.entries())
    for (const lower of roleSchema.options.slice(place))
      expect(scopesOfRole[role]).toEqual(expect.arrayContaining([...scopesOfRole[lower]]));
  expect(scopesOfRole.owner).toEqual(allScopes);
});

it("whoever only looks may change nothing", () => {
  expect(scopesOfRole.viewer.filter((scope) => !scope.endsWith(":read"))).toEqual([]);
});

it("a token may do no more than its person may now, and no more than it was given", () => {
  fc.assert(
    fc.property(fc.constantFrom(...roleSchema.options), fc.subarray([...allScopes]), (role, given) => {
      const allowed = scopesAllowed(role, given);
      expect(allowed.every((scope) => given.includes(scope) && scopesOfRole[role].includes(scope))).toBe(
        true,
      );
      expect(
        given.filter((scope) => scopesOfRole[role].includes(scope)).every((s) => allowed.includes(s)),
      ).toBe(true);
    }),
    { seed: 11, numRuns: 300 },
  );
});
