// Owns how files of contexts change: contents first, then one step that makes the next version or none.
// Never changes what a version holds, and never takes a file that looks as if it held a secret without a person's word.
// Writes contents in R2; files and versions in D1.
import type { Principal } from "#contract/access/access";
import type { ContextChange as ChangeAnswer } from "#contract/contexts/context-bundle";
import { LEARNINGS_PATH } from "#contract/contexts/context-bundle";
import { formatLimit, limits } from "#contract/limits";
import type { ProblemError } from "#contract/problem";
import { AppError } from "../platform/app-error.ts";
import { sha256Hex } from "../platform/crypto.ts";
import { forgetVersions, measureStored, putChanges } from "./change-store.ts";
import { applyChange, describeTree, judgeTree, measureTree, narrowChange, toTree } from "./context-tree.ts";
import type { Tree, TreeChange, TreeFile } from "./context-tree.ts";
import { findSecrets } from "./find-secrets.ts";
import { judgeLearnings } from "./judge-learnings.ts";
import { placeOf, requireContext, summarize } from "./service.ts";
import type { ContextDeps } from "./service.ts";
import { listFileRows } from "./store.ts";
import type { ContextRow } from "./store.ts";

/** So often a change is made anew on what others made meanwhile, before that is said. */
const TRIES = 8;
/** So many contents are written at once. */
const AT_ONCE = 6;
/** Contents that no version holds stay so long: a change that is on its way may name them again. Milliseconds. */
const UNUSED_KEPT_MS = 24 * 3_600_000;

/** A file that is to be written. */
export interface FileWrite {
  path: string;
  size: number;
  read: () => Promise<Uint8Array>;
}

/** Who changes a context, and from what. */
export interface ChangeRequest {
  row: ContextRow;
  /** The version that it was made from; whatever is there when it is left out. */
  base?: number | undefined;
  message: string;
  madeBy: string;
  restoredFrom?: number;
  /** What is to become of the files that are there. Called anew where others changed them first. */
  plan: (tree: Tree) => TreeChange;
}

/** Throws `invalid_context` with every reason. */
export function refuseFiles(errors: ProblemError[]): never {
  const said = errors.slice(0, 3).map(({ file, detail }) => (file ? `${file}: ${detail}` : detail));
  throw new AppError("invalid_context", `Nothing was changed. ${said.join(" ")}`, { errors });
}

/**
 * Makes of each file what is kept of it: its content is in storage then. Throws `context_secret_found` with places, and
 * never with what stands there; then nothing was stored.
 */
export async function storeWrites(
  { files }: Pick<ContextDeps, "files">,
  row: ContextRow,
  { writes, allow }: { writes: readonly FileWrite[]; allow: boolean },
): Promise<TreeFile[]> {
  const judged = new Map<string, boolean>();
  const found: ProblemError[] = [];
  for (const { path, read } of writes) {
    const findings = findSecrets(path, await read());
    judged.set(path, findings.length > 0);
    for (const { line, pattern } of findings) {
      const where = line === null ? "Its name says that it is" : `Line ${line} looks like`;
      const place = line === null ? {} : { line };
      found.push({ pointer: "", file: path, code: "secret", detail: `${where} ${pattern}.`, ...place });
    }
  }
  if (found.length > 0 && !allow) {
    const said = found.slice(0, 3).map(({ file, line }) => (line === undefined ? file : `${file}:${line}`));
    const detail = `Nothing was changed: the files look as if they held secrets (${said.join(", ")}). Secrets belong to floom secrets set; what is none is kept with allow=true.`;
    throw new AppError("context_secret_found", detail, { errors: found });
  }
  const stored: TreeFile[] = [];
  for (let at = 0; at < writes.length; at += AT_ONCE) {
    const part = await Promise.all(
      writes.slice(at, at + AT_ONCE).map(async ({ path, read }): Promise<TreeFile> => {
        const bytes = await read();
        const sha256 = await sha256Hex(bytes);
        await files.putContextFile(placeOf(row), sha256, bytes);
        return { path, sha256, size: bytes.byteLength, warned: judged.get(path) === true };
      }),
    );
    stored.push(...part);
  }
  return stored;
}

/** Learnings only grow. Throws `invalid_context`. */
async function judgeMemory(
  { files }: Pick<ContextDeps, "files">,
  row: ContextRow,
  { tree, change }: { tree: Tree; change: TreeChange },
): Promise<void> {
  const before = tree.get(LEARNINGS_PATH);
  const put = change.puts.find(({ path }) => path === LEARNINGS_PATH);
  if (row.kind !== "memory") return;
  const refuse = (detail: string) =>
    refuseFiles([{ pointer: "", file: LEARNINGS_PATH, code: "learnings", detail }]);
  if (change.removes.includes(LEARNINGS_PATH)) refuse("Learnings stay for as long as their memory does.");
  if (put === undefined) return;
  const contentOf = async (sha256: string | undefined) =>
    (sha256 && (await files.getContextFile(placeOf(row), sha256))?.bytes()) || new Uint8Array();
  const why = judgeLearnings(await contentOf(before?.sha256), await contentOf(put.sha256));
  if (why !== null) refuse(why);
}

/** The row as it will be for one change; null when nothing is different. Throws `invalid_context`. */
export async function buildChange(
  deps: Pick<ContextDeps, "files">,
  row: ContextRow,
  { tree, change }: { tree: Tree; change: TreeChange },
) {
  const narrow = narrowChange(tree, change);
  if (narrow.puts.length + narrow.removes.length === 0) return null;
  const next = applyChange(tree, narrow);
  const errors = judgeTree(next, narrow.puts);
  if (errors.length > 0) refuseFiles(errors);
  await judgeMemory(deps, row, { tree, change: narrow });
  const digest = await sha256Hex(describeTree(next));
  return { id: row.id, base: row.version, digest, ...measureTree(next), ...narrow };
}

export function changedMeanwhile(name: string): AppError {
  return new AppError(
    "context_changed",
    `${name} was changed meanwhile. Read it again and repeat the change.`,
  );
}

/** Forgets the oldest versions where there are too many, or where `incoming` bytes more would not fit. */
export async function makeRoom(
  { db, files, clock }: Pick<ContextDeps, "db" | "files" | "clock">,
  row: Pick<ContextRow, "id" | "workspace_id" | "name" | "version">,
  incoming: number,
): Promise<void> {
  const most = limits.context_stored_bytes.value;
  for (;;) {
    const { bytes, versions, oldest } = await measureStored(db, row.id);
    const isFull = bytes + incoming > most;
    if (!isFull && versions <= limits.context_versions.value) return;
    if (versions <= 1) {
      const detail = `${row.name} would hold more than ${formatLimit("context_stored_bytes")}.`;
      throw new AppError("context_full", detail);
    }
    const first = isFull
      ? oldest + Math.ceil((row.version - oldest) / 2)
      : row.version - limits.context_versions.value + 1;
    const place = { workspaceId: row.workspace_id, contextId: row.id };
    const unheld = await forgetVersions(db, row.id, Math.min(first, row.version));
    await files.deleteContextFiles(place, unheld, clock() - UNUSED_KEPT_MS);
  }
}

/**
 * Makes the next version of a context as its plan says of what it holds; plans anew where another change came first, unless
 * the change was made from a version that is named. Throws `context_changed`, `context_full`, `invalid_context`.
 */
export async function changeTree(
  deps: ContextDeps,
  principal: Principal,
  { row, base, message, madeBy, restoredFrom, plan }: ChangeRequest,
): Promise<ChangeAnswer> {
  let now = row;
  for (let tries = 0; tries < TRIES; tries++) {
    if (base !== undefined && base !== now.version) throw changedMeanwhile(now.name);
    const tree = toTree(await listFileRows(deps.db, now.id, now.version));
    const change = await buildChange(deps, now, { tree, change: plan(tree) });
    if (change === null) return { context: await summarize(deps, principal, now), changed: [] };
    await makeRoom(
      deps,
      now,
      change.puts.reduce((sum, { size }) => sum + size, 0),
    );
    const facts = {
      changeId: crypto.randomUUID(),
      message,
      madeBy,
      run: null,
      restoredFrom: restoredFrom ?? null,
      now: deps.clock(),
    };
    const isMade = await putChanges(deps.db, [change], facts);
    const earlier = now;
    now = await requireContext(deps, principal, now.name);
    if (isMade) {
      if (earlier.digest !== null) await deps.files.deleteContextArchive(placeOf(earlier), earlier.digest);
      const changed = [...change.puts.map(({ path }) => path), ...change.removes].toSorted();
      return { context: await summarize(deps, principal, now), changed };
    }
  }
  throw changedMeanwhile(row.name);
}
