import fc from "fast-check";
import { expect, it } from "vitest";
import { verifies } from "../../test/verifies.ts";
import { effectOf, nameTools } from "./judge-tools.ts";
import type { KeptTool } from "./judge-tools.ts";

it("a full name has at most 64 characters that every model takes, and no two are alike", () => {
  verifies("connections:tools:names");
  const name = fc.oneof(
    fc.string({ minLength: 1, maxLength: 128, unit: "grapheme" }),
    fc.constantFrom("a.b", "a/b", "a_b", "a b", "x".repeat(60), `${"x".repeat(60)}y`),
  );
  fc.assert(
    fc.property(fc.uniqueArray(name, { maxLength: 40 }), (names) => {
      const full = [...nameTools("a-connection_of-32-characters-xy", names).values()];
      expect(full.every((one) => /^[A-Za-z0-9_-]{1,64}$/.test(one))).toBe(true);
      expect(new Set(full).size).toBe(names.length);
    }),
  );
});

it("a name that nothing collides with stays readable", () => {
  verifies("connections:tools:names");
  expect([...nameTools("linear", ["search", "a.b", "a_b"])]).toEqual([
    ["search", "linear__search"],
    ["a.b", expect.stringMatching(/^linear__a_b_[0-9a-f]{8}$/)],
    ["a_b", expect.stringMatching(/^linear__a_b_[0-9a-f]{8}$/)],
  ]);
});

const tool: KeptTool = {
  name: "search",
  title: null,
  description: "",
  input_schema: {},
  claims: { readOnlyHint: true },
  digest: "d",
  accepted: null,
  accepted_at: null,
  listed: true,
};

it("that a tool only reads counts once a person has accepted it so, and not once it has changed or is gone", () => {
  verifies("connections:tools:claims");
  expect(effectOf(tool)).toBe("write");
  expect(effectOf({ ...tool, accepted: "d" })).toBe("read");
  expect(effectOf({ ...tool, accepted: "other" })).toBe("write");
  expect(effectOf({ ...tool, accepted: "d", listed: false })).toBe("write");
  expect(effectOf({ ...tool, accepted: "d", claims: {} })).toBe("write");
});
