import { expect, it } from "vitest";
import { fileOf } from "./bundle-file.ts";
import { namesPackages } from "./names-packages.ts";

const folder = (files: Record<string, string>) =>
  Object.entries(files).map(([path, text]) => fileOf(path, new TextEncoder().encode(text)));

it.each([
  { "requirements.txt": "six==1.16.0\n" },
  { "requirements.txt": "\uFEFFsix" },
  { "requirements.txt": "# why\r\n./wheels/a.whl # here" },
  { "requirements.txt": "-r more.txt" },
  { "package.json": '{"dependencies":{"left-pad":"1"}}' },
  { "package.json": '{"optionalDependencies":{"left-pad":"1"}}' },
])("a folder that names a package needs an installation: %j", async (files) => {
  expect(await namesPackages(folder(files))).toBe(true);
});

it.each([
  {},
  { "requirements.txt": "" },
  { "requirements.txt": "# nothing yet\n\n   \n" },
  { "docs/requirements.txt": "six" },
  { "package.json": "{" },
  { "package.json": "[]" },
  { "package.json": '{"type":"module","dependencies":{},"devDependencies":{"a":"1"}}' },
  { "package.json": '{"dependencies":null}' },
  { "package.json": '{"dependencies":{"a":"1"}}', "node_modules/a/index.js": "" },
])("a folder that names none needs none, and its runs look for none: %j", async (files) => {
  expect(await namesPackages(folder(files))).toBe(false);
});
