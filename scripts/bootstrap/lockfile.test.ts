import { expect, it } from "vitest";
import { matchesLock } from "./lockfile.mjs";

const wanted = {
  "": {},
  "node_modules/a": { version: "1.0.0", integrity: "sha512-a" },
  "node_modules/for-another-system": { version: "2.0.0", integrity: "sha512-b", optional: true },
};
const installed = { "node_modules/a": { version: "1.0.0", integrity: "sha512-a" } };

it("what the lockfile names is enough, without the parts for other systems", () => {
  expect(matchesLock(installed, wanted)).toBe(true);
});

it("an absent package, another version or another checksum is not what the lockfile names", () => {
  expect(matchesLock({}, wanted)).toBe(false);
  expect(matchesLock({ "node_modules/a": { version: "1.0.1", integrity: "sha512-a" } }, wanted)).toBe(false);
  expect(matchesLock({ "node_modules/a": { version: "1.0.0", integrity: "sha512-x" } }, wanted)).toBe(false);
});

it("a part for this system is of the named version when it is there", () => {
  const old = { "node_modules/for-another-system": { version: "1.9.0", integrity: "sha512-b" } };
  expect(matchesLock({ ...installed, ...old }, wanted)).toBe(false);
});

it("a package that the lockfile does not name is not left lying about", () => {
  const stray = { "node_modules/stray": { version: "1.0.0", integrity: "sha512-s" } };
  expect(matchesLock({ ...installed, ...stray }, wanted)).toBe(false);
});
