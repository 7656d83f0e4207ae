// Owns what runs have of contexts: which there are, the archives that go into sandboxes, what comes back.
// Never lets a run write what it does not mount writeable, and never writes half of what a run left.
// Writes contents and archives in R2; versions in D1, through change-store.
import type { ContextId } from "#contract/ids";
import { formatLimit, limits } from "#contract/limits";
import type { AppError } from "../platform/app-error.ts";
import { attempt as tryTo } from "../platform/attempt.ts";
import { sha256Hex } from "../platform/crypto.ts";
import type { Files } from "../platform/files.ts";
import type { ContextMount } from "../registry/context-mounts.ts";
import { isMet } from "../registry/is-met.ts";
import { matchesGlob } from "../registry/match-glob.ts";
import type { Json } from "#contract/json";
import type { ContextPort, WriteRequest, WriteVerdict } from "../runs/ports/contexts.ts";
import type { AttemptContext } from "../runs/lifecycle/run-state.ts";
import type { MountedByRun } from "../runs/spec/run-spec.ts";
import { buildChange, makeRoom, storeWrites } from "./change-service.ts";
import { listRunVersions, putChanges } from "./change-store.ts";
import { describeTree, toTree } from "./context-tree.ts";
import type { TreeFile } from "./context-tree.ts";
import { mayMount } from "./describe-context.ts";
import { rebaseAdded } from "./judge-learnings.ts";
import { planWriteBack } from "./plan-write-back.ts";
import { packFiles } from "./read-service.ts";
import { placeOf } from "./service.ts";
import type { ContextDeps } from "./service.ts";
import { findContextRows, findContextsById, listFileRows } from "./store.ts";
import type { ContextRow } from "./store.ts";

type MountDeps = Pick<ContextDeps, "db" | "files" | "clock">;

/** So often what a run left is held against what others make meanwhile. */
const TRIES = 8;

/** A worker that wants contexts: who pushed it, and the inputs that its conditions look at. */
export interface MountWish {
  pushedBy: string | null;
  mounts: readonly ContextMount[];
  inputs: Readonly<Record<string, Json>> | null;
}

/**
 * The contexts that a run with these inputs gets, and what it lacks, in words. Without inputs all conditions count as
 * met, as for a worker that is only looked at.
 */
export async function resolveMounts(
  { db }: Pick<MountDeps, "db">,
  workspaceId: string,
  { pushedBy, mounts, inputs }: MountWish,
): Promise<{ contexts: MountedByRun[]; missing: string[] }> {
  // What is to come from elsewhere is refused as what this server does not have.
  const own = mounts.filter(({ source }) => source === "local");
  const wanted = own.filter(({ when }) => when === null || inputs === null || isMet(when, inputs));
  const missing: string[] = [];
  if (wanted.length === 0) return { contexts: [], missing };
  const names = wanted.map(({ name }) => name);
  const rows = await findContextRows(db, workspaceId, names);
  const contexts = wanted.flatMap((mount): MountedByRun[] => {
    const row = rows.find(({ name }) => name === mount.name);
    const { name, paths, writeableWhen } = mount;
    const isWriteable = isWanted(mount.writeable, writeableWhen, inputs);
    if (row === undefined || !mayMount(pushedBy, row)) missing.push(name);
    else if (isWriteable && !row.writeable) missing.push(`${name} (no worker may write it)`);
    else return [{ context_id: row.id, name, writeable: isWriteable, paths }];
    return [];
  });
  return { contexts, missing };
}

/** A mount with a condition is writeable where that holds, whatever else it says. */
function isWanted(
  writeable: boolean,
  condition: ContextMount["writeableWhen"],
  inputs: MountWish["inputs"],
): boolean {
  return condition === null ? writeable : inputs !== null && isMet(condition, inputs);
}

const isMounted = ({ paths }: Pick<MountedByRun, "paths">, path: string): boolean =>
  paths.length === 0 || paths.some((pattern) => matchesGlob(pattern, path));

/** What a run's engine reaches of contexts. */
export function createContextPort(deps: MountDeps): ContextPort {
  return {
    find: (workspaceId, mounts) => findAttemptContexts(deps, workspaceId, mounts),
    openArchive: (workspaceId, context) => openArchive(deps, workspaceId, context),
    write: (request) => writeContexts(deps, request),
  };
}

async function findAttemptContexts(
  { db }: MountDeps,
  workspaceId: string,
  mounts: readonly MountedByRun[],
): Promise<{ contexts: AttemptContext[]; missing: string[] }> {
  const rows = await findContextsById(
    db,
    workspaceId,
    mounts.map(({ context_id }) => context_id),
  );
  const found = await Promise.all(
    mounts.map(async (mount): Promise<AttemptContext | string> => {
      const row = rows.find(({ id }) => id === mount.context_id);
      if (row === undefined || (mount.writeable && !row.writeable)) return mount.name;
      const tree = (await listFileRows(db, row.id, row.version)).filter(({ path }) => isMounted(mount, path));
      const mounted_digest = await sha256Hex(describeTree(toTree(tree)));
      const { version, digest } = row;
      return { ...mount, version, digest, mounted_digest, written_version: null };
    }),
  );
  return {
    contexts: found.filter((one) => typeof one !== "string"),
    missing: found.filter((one) => typeof one === "string"),
  };
}

/** Packed once for each set of files; what was packed is a copy, and is made again when it is not there. */
async function openArchive(
  { db, files }: MountDeps,
  workspaceId: string,
  { context_id: contextId, version, mounted_digest: digest, paths }: AttemptContext,
): Promise<ReadableStream> {
  const place = { workspaceId, contextId };
  const kept = await files.getContextArchive(place, digest);
  if (kept !== null) return kept.body;
  const tree = (await listFileRows(db, contextId, version)).filter(({ path }) => isMounted({ paths }, path));
  await files.putContextArchive(place, digest, (sink) => packFiles(files, { place, tree }, sink));
  const packed = await files.getContextArchive(place, digest);
  if (packed === null) throw new Error("The archive of a context was taken away while it was opened.");
  return packed.body;
}

/** A change of one context, or why there is none. */
type Judged = Awaited<ReturnType<typeof buildChange>>;
type Part = { kind: "change"; change: Judged } | { kind: "conflict" | "refused"; message: string };

async function writeContexts(deps: MountDeps, request: WriteRequest): Promise<WriteVerdict> {
  const { workspaceId, runId, workerName, attempt, files } = request;
  const touched = request.contexts.filter(({ context_id }) =>
    files.some((file) => file.context_id === context_id),
  );
  for (let tries = 0; tries < TRIES; tries++) {
    const done = await listRunVersions(deps.db, runId, attempt);
    if (done.length > 0) return { kind: "written", versions: done.map(toWritten) };
    const ids = touched.map(({ context_id }) => context_id);
    const rows = await findContextsById(deps.db, workspaceId, ids);
    const changes: NonNullable<Judged>[] = [];
    for (const context of touched) {
      const part = await judgePart(deps, {
        context,
        request,
        row: rows.find(({ id }) => id === context.context_id),
      });
      if (part.kind !== "change") return part;
      if (part.change !== null) changes.push(part.change);
    }
    if (changes.length === 0) return { kind: "written", versions: [] };
    const facts = {
      changeId: crypto.randomUUID(),
      message: `run of ${workerName}`,
      madeBy: runId,
      run: { id: runId, attempt },
      restoredFrom: null,
      now: deps.clock(),
    };
    if (await putChanges(deps.db, changes, facts)) {
      return {
        kind: "written",
        versions: changes.map(({ id, base }) => ({ context_id: id, version: base + 1 })),
      };
    }
  }
  return {
    kind: "conflict",
    message: `${touched.map(({ name }) => name).join(", ")}: others change it all the time.`,
  };
}

const toWritten = ({ context_id, number }: { context_id: ContextId; number: number }) => ({
  context_id,
  version: number,
});

/** What a run left in one context, as a change of what is there now. */
async function judgePart(
  deps: MountDeps,
  { context, request, row }: { context: AttemptContext; request: WriteRequest; row: ContextRow | undefined },
): Promise<Part> {
  const { name } = context;
  if (row === undefined || !row.writeable) {
    return {
      kind: "refused",
      message: `${name} is not there any more, or may not be written by workers any more.`,
    };
  }
  const left = request.files.filter(({ context_id }) => context_id === row.id);
  const outside = left.find(({ path }) => !isMounted(context, path));
  if (outside !== undefined) {
    return {
      kind: "refused",
      message: `${name}/${outside.path} is none of the paths that the worker mounts.`,
    };
  }
  const large = left.find(({ size_bytes }) => size_bytes > limits.context_file_bytes.value);
  if (large !== undefined) {
    const most = formatLimit("context_file_bytes");
    return { kind: "refused", message: `${name}/${large.path} is larger than ${most}.` };
  }
  const [baseFiles, nowFiles] = await Promise.all([
    context.version === 0 ? [] : listFileRows(deps.db, row.id, context.version),
    listFileRows(deps.db, row.id, row.version),
  ]);
  const [base, now] = [toTree(baseFiles), toTree(nowFiles)];
  const files = left.map(({ path, sha256, size_bytes }): TreeFile => {
    return { path, sha256, size: size_bytes, warned: false };
  });
  const plan = planWriteBack({ base, now }, files, row.kind);
  if (plan.conflicts.length > 0) {
    const paths = plan.conflicts.map((path) => `${name}/${path}`).join(", ");
    const since = `since version ${context.version}, with which the run began`;
    return {
      kind: "conflict",
      message: `Changed by others ${since}: ${paths}. Nothing of the run was written.`,
    };
  }
  const bytesOf = (sha256: string) => readRunFile(deps.files, request.runId, sha256);
  const rebased = await Promise.all(
    plan.rebased.map(async (file) => {
      const there = async (sha256 = "") => (await deps.files.getContextFile(placeOf(row), sha256))?.bytes();
      const ours = await bytesOf(file.sha256);
      const before = (await there(base.get(file.path)?.sha256)) ?? new Uint8Array();
      const theirs = (await there(now.get(file.path)?.sha256)) ?? new Uint8Array();
      return { file, merged: rebaseAdded(before, theirs, ours) ?? ours };
    }),
  );
  const writes = [
    ...plan.puts.map(({ path, size, sha256 }) => ({ path, size, read: () => bytesOf(sha256) })),
    ...rebased.map(({ file, merged }) => {
      return { path: file.path, size: merged.byteLength, read: () => Promise.resolve(merged) };
    }),
  ];
  const judged = await tryTo(async () => {
    await makeRoom(
      deps,
      row,
      writes.reduce((sum, { size }) => sum + size, 0),
    );
    const puts = await storeWrites(deps, row, { writes, allow: false });
    return buildChange(deps, row, { tree: now, change: { puts, removes: [] } });
  });
  return judged.ok
    ? { kind: "change", change: judged.value }
    : { kind: "refused", message: `${name}: ${describeRefusal(judged.refusal)}` };
}

function describeRefusal({ message, options }: AppError): string {
  const places = (options.errors ?? []).slice(0, 3).map(({ file, line, detail }) => {
    return `${file ?? ""}${line === undefined ? "" : `:${line}`} ${detail}`.trim();
  });
  return places.length > 0 ? places.join(" ") : message;
}

async function readRunFile(
  files: Pick<Files, "getRunFile">,
  runId: string,
  sha256: string,
): Promise<Uint8Array> {
  const found = await files.getRunFile({ runId, sha256 });
  if (found === null) throw new Error("What a run left in a context is not in storage.");
  return found.bytes();
}
