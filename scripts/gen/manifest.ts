import { buildManifestJsonSchema, listManifestKeys } from "#contract/manifest/key-table";
import { valueFormats, valueTypes } from "#contract/manifest/value-types";
import { buildTable, code, openPage } from "./generator.ts";
import type { Generator } from "./generator.ts";

export const manifestPage: Generator = {
  file: "docs/reference/manifest.md",
  render: async () =>
    [
      openPage("worker.yml", "contract/manifest/keys.ts"),
      "Every key of a worker's manifest, schema 0.3. A key that is not here is an error, with a suggestion when it looks like one that is. Editors find the same as JSON Schema in `manifest.schema.json`.\n",
      buildTable(
        ["Key", "Type", "Default", "What it is", "Rule"],
        listManifestKeys().map((key) => [
          `${code(key.path)}${key.required ? " (required)" : ""}`,
          key.type,
          code(key.default),
          key.description,
          key.rule,
        ]),
      ),
      "\n## Types of values\n",
      "An input is checked and converted once, by these rules, whichever way it comes in. A blank value counts as not given, but for optional text. Another name of a type is treated as text, with a warning.\n",
      buildTable(
        ["type", "In inputs.json", "What is taken"],
        Object.entries(valueTypes).map(([name, { json, takes }]) => [code(name), json, takes]),
      ),
      "\n## Formats of text\n",
      buildTable(
        ["format", "The value must be"],
        Object.entries(valueFormats).map(([name, what]) => [code(name), what]),
      ),
      "",
    ].join("\n"),
};

export const manifestSchema: Generator = {
  file: "docs/reference/manifest.schema.json",
  render: async () => `${JSON.stringify(buildManifestJsonSchema(), null, 2)}\n`,
};
