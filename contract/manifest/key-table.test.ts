import { expect, it } from "vitest";
import { buildManifestJsonSchema, listManifestKeys } from "./key-table.ts";

it("every key says what it is and what to write", () => {
  const keys = listManifestKeys();
  const named = keys.filter(({ path }) => !path.endsWith("[]"));
  expect(named.filter(({ description, rule }) => description === "" || rule === "")).toEqual([]);
  expect(new Set(keys.map(({ path }) => path)).size).toBe(keys.length);
  expect(keys.map(({ path }) => path)).toContain("exec.inputs[].bounds.minimum");
});

it("the schema for editors refuses unknown keys and holds no key of ours", () => {
  const schema = JSON.stringify(buildManifestJsonSchema());
  expect(schema).toContain('"additionalProperties":false');
  expect(schema).not.toContain('"rule":');
  expect(schema).not.toContain('"code":');
});
