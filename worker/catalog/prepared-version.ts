import { manifestSchema } from "#contract/manifest/manifest";
import type { Manifest } from "#contract/manifest/manifest";
import { templateSpecSchema } from "#contract/templates/template";
import type { TemplateSpec } from "#contract/templates/template";
import { defineDocument } from "../platform/objects/stored-document.ts";

/** A manifest as `versions` keeps it. Its `schema_version` is the form that its author wrote, and another matter. */
export const manifestDocument = defineDocument("manifest", manifestSchema);

/** A template.yml as `versions` keeps it. */
export const templateDocument = defineDocument("template", templateSpecSchema);

interface VersionDocuments {
  manifest: Manifest;
  template: TemplateSpec | null;
}

/** So many versions are kept read: about a megabyte. Larger ones than this, in characters of JSON, are read each time. */
const MOST_KEPT = 200;
const MOST_CHARACTERS = 16_384;

/**
 * What was read of versions, by what stands in their rows, so that it stays true for as long as it is kept; the least
 * lately used first.
 */
const kept = new Map<string, VersionDocuments>();

/**
 * The documents of a version, read once in the life of an isolate: a start costs no parsing of the manifest. They are
 * everybody's and frozen. Throws as reading them does, each time.
 */
export function readVersionDocuments({
  manifest,
  template,
}: {
  manifest: unknown;
  template: unknown;
}): VersionDocuments {
  const key = JSON.stringify([manifest, template]);
  const known = kept.get(key);
  kept.delete(key);
  const documents = known ?? {
    manifest: freeze(manifestDocument.read(manifest)),
    template: template === null ? null : freeze(templateDocument.read(template)),
  };
  if (key.length > MOST_CHARACTERS) return documents;
  kept.set(key, documents);
  const [oldest] = kept.keys();
  if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest);
  return documents;
}

function freeze<Value>(value: Value): Value {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  Object.values(value).forEach(freeze);
  return Object.freeze(value);
}
