import { expect, it } from "vitest";
import { verifies } from "../../test/verifies.ts";
import { buildCommands } from "./build-commands.ts";

it("a template's packages are installed by one command a kind, each name in quotes", () => {
  verifies("templates:file:nothing-smuggled");
  expect(buildCommands({ apt: ["jq", "curl=8.5"], pip: ["pandas[excel]>=2,<3"], npm: ["@a/b@1"] })).toEqual([
    "apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends 'jq' 'curl=8.5'",
    "pip install 'pandas[excel]>=2,<3'",
    "npm install -g '@a/b@1'",
  ]);
  expect(buildCommands({ apt: [], pip: [], npm: [] })).toEqual([]);
  expect(buildCommands({ apt: [], pip: ["a'; id; '"], npm: [] })).toEqual([
    `pip install 'a'\\''; id; '\\'''`,
  ]);
});
