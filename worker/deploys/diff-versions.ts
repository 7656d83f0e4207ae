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
/** What is compared line by line in one answer, in bytes of both sides; later files are named only. */
const DIFF_TOTAL_BYTES = 8 * 1024 * 1024;

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

async function isSame(a: BundleFile, b: BundleFile): Promise<boolean> {
  return a.executable === b.executable && a.size === b.size && (await a.hash()) === (await b.hash());
}

async function describeChange(
  [before, after]: readonly [BundleFile | undefined, BundleFile | undefined],
  path: string,
  mostBytes: number,
): Promise<FileChange> {
  const texts = await Promise.all(
    [before, after].map(async (file) => (file === undefined ? null : decodeText(await file.read()))),
  );
  const binary = (before !== undefined && texts[0] === null) || (after !== undefined && texts[1] === null);
  const large = [before, after].some((file) => (file?.size ?? 0) > mostBytes);
  return {
    path,
    change: before === undefined ? "added" : after === undefined ? "removed" : "changed",
    binary,
    before_bytes: before?.size ?? null,
    after_bytes: after?.size ?? null,
    diff: binary || large ? null : unifiedDiff(path, texts[0] ?? null, texts[1] ?? null),
  };
}

/** The files that differ between two bundles, by path. Reads one pair of them at a time. */
export async function diffFiles(
  before: readonly BundleFile[],
  after: readonly BundleFile[],
): Promise<FileChange[]> {
  const [old, now] = [before, after].map((files) => new Map(files.map((file) => [file.path, file])));
  const paths = [...new Set([...before, ...after].map((file) => file.path))].sort();
  const changes: FileChange[] = [];
  let left = DIFF_TOTAL_BYTES;
  for (const path of paths) {
    const [a, b] = [old?.get(path), now?.get(path)];
    const same = a !== undefined && b !== undefined && (await isSame(a, b));
    if (same) continue;
    const change = await describeChange([a, b], path, Math.min(left, DIFF_BYTES));
    if (change.diff !== null) left -= (a?.size ?? 0) + (b?.size ?? 0);
    changes.push(change);
  }
  return changes;
}
