import { expect, it } from "vitest";
import { parseManifest } from "../../registry/parse-manifest.ts";
import { verifies } from "../../../test/verifies.ts";
import { buildHttpSpec } from "./http-spec.ts";

const yml = `schema_version: "0.3"
name: notes
title: Notes
version: 0.1.0
exec: {mode: http}
exposes: [{name: look}, {name: change, access: write}]
http_bridge:
  - {tool_name: look, url: "https://api.example.com/notes"}
  - {tool_name: change, method: POST, url: "https://api.example.com/notes"}
`;

it("has each call that is no reading wait, where people approve what the worker does", () => {
  verifies("http-tools:approvals:workspace");
  const { manifest } = parseManifest(yml);
  if (manifest === null) throw new Error("The manifest has errors.");
  const approvalOf = (action: string, required: boolean) =>
    buildHttpSpec({ ...manifest, approvals: { ...manifest.approvals, required } }, action)?.tool.approval;
  expect(approvalOf("change", false)).toBe("never");
  // As a workspace that holds every worker changes what a version says.
  expect(approvalOf("change", true)).toBe("always");
  expect(approvalOf("look", true)).toBe("never");
});
