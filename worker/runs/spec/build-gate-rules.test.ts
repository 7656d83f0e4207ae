import { expect, it } from "vitest";
import { parseManifest } from "../../registry/parse-manifest.ts";
import { findEscalation } from "../../tools/match-rule.ts";
import { buildGateRules } from "./build-gate-rules.ts";

const rulesOf = (more: string) => {
  const head =
    'schema_version: "0.3"\nname: the-pipeline\ntitle: Test\nversion: 0.1.0\nexec: {mode: pipeline}\n';
  const { manifest } = parseManifest(`${head}stages:\n  - {name: a, worker: w-one}\n${more}`);
  if (manifest === null) throw new Error("The manifest is refused.");
  return buildGateRules(manifest);
};
const call = { name: "invoke_worker", effect: "invoke" } as const;

it("a pipeline may start runs, and asks before each where a person has to approve", () => {
  expect(rulesOf("")).toMatchObject({ trust_tier: 3, escalation_rules: [] });
  const asking = rulesOf("approvals: {required: true, label: Do it}\n");
  expect(asking?.asking.label).toBe("Do it");
  expect(findEscalation(asking?.escalation_rules ?? [], call, {})).not.toBeNull();
});
