import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { inRoot } from "../checkout.ts";
import { findPublicUrl, parsePublicUrl } from "./public-url.ts";

const toml = (value: string) =>
  `name = "floom"\n\n[vars]\nA = "1"\nFLOOM_PUBLIC_URL = "${value}"\n\n[assets]\n`;

it("a deployment's address is the environment's, else wrangler.toml's, and an empty one is none", () => {
  const find = (environment: string | undefined, value: string) =>
    findPublicUrl({ environment, wranglerToml: toml(value) });
  expect(find("https://a.example", "https://b.example")).toBe("https://a.example");
  expect(find("", "https://b.example/")).toBe("https://b.example");
  expect(find(undefined, "")).toBeNull();
  expect(findPublicUrl({ environment: undefined, wranglerToml: 'name = "floom"\n' })).toBeNull();
});

it("the checkout says none: whoever deploys it is asked", () => {
  const wranglerToml = readFileSync(inRoot("wrangler.toml"), "utf8");
  expect(findPublicUrl({ environment: undefined, wranglerToml })).toBeNull();
  expect(wranglerToml).toContain('FLOOM_PUBLIC_URL = ""');
});

it.each(["http://floom.example", "floom.example", "https://floom.example/x", "https://u@floom.example"])(
  "no deployment is told to be at %s",
  (text) => {
    expect(() => parsePublicUrl(text)).toThrow("must be an https origin");
  },
);
