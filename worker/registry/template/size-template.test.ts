import { expect, it } from "vitest";
import type { TemplateSpec } from "#contract/templates/template";
import { verifies } from "../../../test/verifies.ts";
import { parseManifest } from "../parse-manifest.ts";
import { sizeTemplate } from "./size-template.ts";

const manifestOf = (exec: string, runtime = "") => {
  const head = 'schema_version: "0.3"\nname: sized\ntitle: Sized\nversion: 1.0.0\n';
  const { manifest } = parseManifest(`${head}exec: {entry: run.py${exec}}\n${runtime}`);
  if (manifest === null) throw new Error("The test's own worker.yml is wrong.");
  return manifest;
};
const sheets: TemplateSpec = { apt: [], pip: ["openpyxl"], npm: [], env: {}, memory_mb: 4096 };

it("leaves what is made as it was where nobody says a size", () => {
  verifies("templates:size:kept");
  expect(sizeTemplate(null, manifestOf(""))).toBeNull();
  const plain = { apt: [], pip: ["openpyxl"], npm: [], env: {} };
  expect(sizeTemplate(plain, manifestOf("", "runtime: {trust_tier: 1}\n"))).toBe(plain);
});

it("has what worker.yml says come before the template's own size", () => {
  verifies("templates:size:kept");
  const sized = manifestOf(", resources: {memory_mb: 1024}");
  expect(sizeTemplate(sheets, sized)).toEqual({ ...sheets, memory_mb: 1024 });
  expect(sizeTemplate(null, sized)).toEqual({ apt: [], pip: [], npm: [], env: {}, memory_mb: 1024 });
});

it("cuts a template's size down to what the declared tier allows", () => {
  verifies("templates:size:kept");
  expect(sizeTemplate(sheets, manifestOf("", "runtime: {trust_tier: 2}\n"))?.memory_mb).toBe(2048);
  expect(sizeTemplate(sheets, manifestOf(""))?.memory_mb).toBe(4096);
});
