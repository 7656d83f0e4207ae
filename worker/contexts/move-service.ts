// Owns how contexts leave for another workspace with their versions, and how they arrive from one, version by version.
// Never writes but by change-service, so that what arrives is judged as what a person uploads.
import type { Principal } from "#contract/access/access";
import type { Files, StoredFile } from "../platform/files.ts";
import { changeTree, storeWrites } from "./change-service.ts";
import type { FileWrite } from "./change-service.ts";
import { diffTrees, toTree } from "./context-tree.ts";
import type { Tree } from "./context-tree.ts";
import { maySee } from "./describe-context.ts";
import { placeOf, requireContext } from "./service.ts";
import type { ContextDeps } from "./service.ts";
import {
  findContextRow,
  listAllFileRows,
  listContextRows,
  listContextVersionRows,
  listFileRows,
} from "./store.ts";
import type { ContextRow, FileRow, VersionRow } from "./store.ts";

/** A context with its newest versions, the oldest of them first, and every content that they hold. */
export interface ContextToMove {
  row: ContextRow;
  versions: VersionRow[];
  files: FileRow[];
}

/** The workspace's contexts, by name, and whether the principal may know of each. */
export async function listContextsToMove(
  { db }: Pick<ContextDeps, "db">,
  principal: Principal,
): Promise<{ row: ContextRow; seen: boolean }[]> {
  const rows = await listContextRows(db, principal.workspace_id);
  return rows.map((row) => ({ row, seen: maySee(principal, row) }));
}

/** What of a context is in its newest versions, `most` at most. */
export async function readContextToMove(
  { db }: Pick<ContextDeps, "db">,
  row: ContextRow,
  most: number,
): Promise<ContextToMove> {
  const versions = (await listContextVersionRows(db, row.id, most)).toReversed();
  const first = versions[0]?.number ?? 0;
  const all = await listAllFileRows(db, row.id);
  return { row, versions, files: all.filter(({ until }) => until === null || until > first) };
}

/** What a file of a context holds. Throws when it is not in storage. */
export async function openContent(
  { files }: { files: Pick<Files, "getContextFile"> },
  row: ContextRow,
  sha256: string,
): Promise<StoredFile> {
  const found = await files.getContextFile(placeOf(row), sha256);
  if (found === null) throw new Error(`What a file of ${row.name} holds is not in storage.`);
  return found;
}

/** The context of this name, whoever may see it, and the digests of its versions, the oldest first; null for none. */
export async function findArrivedContext(
  { db }: Pick<ContextDeps, "db">,
  principal: Principal,
  name: string,
): Promise<{ row: ContextRow; digests: string[] } | null> {
  const row = await findContextRow(db, principal.workspace_id, name);
  if (row === undefined) return null;
  const versions = await listContextVersionRows(db, row.id, row.version);
  return { row, digests: versions.toReversed().map(({ digest }) => digest) };
}

/** A version of a context as it arrives: all its files, of which `read` answers the contents. */
export interface ArrivingVersion {
  name: string;
  message: string;
  files: readonly FileWrite[];
  /** Their contents by path, as hex SHA-256. */
  hashes: ReadonlyMap<string, string>;
  allow: boolean;
}

/**
 * Makes the next version of a context of what arrives. What it holds already is not sent for again. Throws as a person's
 * upload does: `invalid_context`, `context_secret_found`, `context_full`, `context_changed`.
 */
export async function addArrivingVersion(
  deps: ContextDeps,
  principal: Principal,
  { name, message, files, hashes, allow }: ArrivingVersion,
): Promise<void> {
  const row = await requireContext(deps, principal, name);
  const held = toTree(await listFileRows(deps.db, row.id));
  const writes = files.filter(({ path }) => held.get(path)?.sha256 !== hashes.get(path));
  const stored = await storeWrites(deps, row, { writes, allow });
  const target: Tree = new Map([
    ...files.flatMap(({ path }) => {
      const same = held.get(path);
      return same === undefined ? [] : [[path, same] as const];
    }),
    ...stored.map((file) => [file.path, file] as const),
  ]);
  const request = { row, base: row.version, message, madeBy: principal.id };
  await changeTree(deps, principal, { ...request, plan: (tree) => diffTrees(tree, target) });
}
