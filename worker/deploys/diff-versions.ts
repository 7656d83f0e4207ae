import { parseJson } from "#contract/json";
import type { Json } from "#contract/json";
import type { Manifest } from "#contract/manifest/manifest";
import type { FileChange, ManifestChange } from "#contract/versions/version";
import { pointerStep } from "../platform/json-pointer.ts";
import { unifiedDiff } from "../platform/text-diff.ts";
import type { BundleFile } from "../registry/bundle/bundle-file.ts";
import { decodeText } from "./judge-bundle.ts";

/** Larger text is named as changed, and not compared line by line. */
const DIFF_BYTES = 256 * 1024;

function isObject(value: unknown): value is Record<string, Json> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The values of two documents that differ, as deep as both are objects. Pure. */
function diffValues(pointer: string, before: Json, after: Json): ManifestChange[] {
  if (isObject(before) && isObject(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    return keys.flatMap((key) =>
      diffValues(`${pointer}${pointerStep(key)}`, before[key] ?? null, after[key] ?? null),
    );
  }
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ pointer, before, after }];
}

function toJson(manifest: Manifest): Json {
  return parseJson(JSON.stringify(manifest));
}

/** What differs between two parsed manifests. Pure. */
export function diffManifests(before: Manifest, after: Manifest): ManifestChange[] {
  return diffValues("", toJson(before), toJson(after));
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.byteLength === b.byteLength && a.every((byte, i) => byte === b[i]);
}

function describeChange(
  path: string,
  before: BundleFile | undefined,
  after: BundleFile | undefined,
): FileChange {
  const texts = [before, after].map((file) => (file === undefined ? null : decodeText(file.bytes)));
  const binary = (before !== undefined && texts[0] === null) || (after !== undefined && texts[1] === null);
  const large = [before, after].some((file) => (file?.bytes.byteLength ?? 0) > DIFF_BYTES);
  return {
    path,
    change: before === undefined ? "added" : after === undefined ? "removed" : "changed",
    binary,
    before_bytes: before?.bytes.byteLength ?? null,
    after_bytes: after?.bytes.byteLength ?? null,
    diff: binary || large ? null : unifiedDiff(path, texts[0] ?? null, texts[1] ?? null),
  };
}

/** The files that differ between two bundles, by path. Pure. */
export function diffFiles(before: readonly BundleFile[], after: readonly BundleFile[]): FileChange[] {
  const [old, now] = [before, after].map((files) => new Map(files.map((file) => [file.path, file])));
  const paths = [...new Set([...before, ...after].map((file) => file.path))].sort();
  return paths.flatMap((path) => {
    const [a, b] = [old?.get(path), now?.get(path)];
    const same = a && b && a.executable === b.executable && sameBytes(a.bytes, b.bytes);
    return same ? [] : [describeChange(path, a, b)];
  });
}
