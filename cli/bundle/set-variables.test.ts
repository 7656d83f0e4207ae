import { expect, it } from "vitest";
import { setVariables } from "./set-variables.ts";

const manifest = `# A pack.
name: notes
variables:
  base_url:
    description: Where it answers. # kept
    default: http://localhost:1
  locale: en
exec: { mode: http }
`;

it("sets variables where they stand, and leaves everything else", () => {
  const changed = setVariables(manifest, ["base_url=https://a.example.com/x?y=1", "locale=de"]);
  expect(changed).toBe(
    manifest
      .replace("http://localhost:1", "http://localhost:1\n    value: https://a.example.com/x?y=1")
      .replace("locale: en", "locale: de"),
  );
  expect(setVariables(manifest, [])).toBe(manifest);
});

it("refuses a variable that is not declared, by name, and one without a value", () => {
  expect(() => setVariables(manifest, ["base_urll=x"])).toThrow("only: base_url, locale");
  expect(() => setVariables(manifest, ["base_url"])).toThrow("name=value");
  expect(() => setVariables("name: x\n", ["a=b"])).toThrow("declares no variables");
});
