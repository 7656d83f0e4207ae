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

/** Opens the files of a version; what was opened before is not read any more from then on. */
export type OpenFiles = () => Promise<readonly BundleFile[]>;

/** What tells one file from another, without its content. */
type FileFacts = Pick<BundleFile, "size" | "executable"> & { hash: string };

async function describeAll(files: readonly BundleFile[]): Promise<Map<string, FileFacts>> {
  const facts = new Map<string, FileFacts>();
  for (const { path, size, executable, hash } of files)
    facts.set(path, { size, executable, hash: await hash() });
  return facts;
}

function isSame(a: FileFacts | undefined, b: FileFacts | undefined): boolean {
  return a?.hash === b?.hash && a?.executable === b?.executable && a?.size === b?.size;
}

/** One side of a change: no text where it is none, or is not compared for its size. */
interface ReadSide {
  size: number;
  isText: boolean;
  text: string | null;
}

/** What is compared of the files at these paths, no more of it than one answer compares. */
async function readSides(
  files: readonly BundleFile[],
  paths: ReadonlySet<string>,
): Promise<Map<string, ReadSide>> {
  const sides = new Map<string, ReadSide>();
  let left = DIFF_TOTAL_BYTES;
  for (const { path, size, read } of files) {
    if (!paths.has(path)) continue;
    const text = decodeText(await read());
    const isKept = text !== null && size <= Math.min(left, DIFF_BYTES);
    if (isKept) left -= size;
    sides.set(path, { size, isText: text !== null, text: isKept ? text : null });
  }
  return sides;
}

function describeChange(
  path: string,
  [before, after]: readonly [ReadSide | undefined, ReadSide | undefined],
  mostBytes: number,
): FileChange {
  const sides = [before, after].filter((side) => side !== undefined);
  const binary = sides.some(({ isText }) => !isText);
  const large = sides.some(({ size, text }) => size > mostBytes || text === null);
  return {
    path,
    change: before === undefined ? "added" : after === undefined ? "removed" : "changed",
    binary,
    before_bytes: before?.size ?? null,
    after_bytes: after?.size ?? null,
    diff: binary || large ? null : unifiedDiff(path, before?.text ?? null, after?.text ?? null),
  };
}

/**
 * The files that differ between two versions, by path. Never needs the files of both at once, which together are near to
 * what the edge has of memory: it reads what tells those of the first apart, then the second, then of the first what has
 * changed.
 */
export async function diffFiles(openBefore: OpenFiles, openAfter: OpenFiles): Promise<FileChange[]> {
  const old = await describeAll(await openBefore());
  const { now, paths, added } = await readAfter(await openAfter(), old);
  const isGone = [...paths].some((path) => old.has(path));
  const removed = isGone ? await readSides(await openBefore(), paths) : new Map<string, ReadSide>();
  const changes: FileChange[] = [];
  let left = DIFF_TOTAL_BYTES;
  for (const path of [...paths].sort()) {
    const sides = [removed.get(path), added.get(path)] as const;
    const change = describeChange(path, sides, Math.min(left, DIFF_BYTES));
    if (change.diff !== null) left -= (old.get(path)?.size ?? 0) + (now.get(path)?.size ?? 0);
    changes.push(change);
  }
  return changes;
}

/** The second version against what is known of the first: which paths differ, and what the second has there. */
async function readAfter(files: readonly BundleFile[], old: ReadonlyMap<string, FileFacts>) {
  const now = await describeAll(files);
  const all = new Set([...old.keys(), ...now.keys()]);
  const paths = new Set([...all].filter((path) => !isSame(old.get(path), now.get(path))));
  return { now, paths, added: await readSides(files, paths) };
}
