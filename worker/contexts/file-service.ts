// Owns what people do with files of contexts: write, delete, move, put a folder in, go back.
// Never writes but by change-service.
import type { Principal } from "#contract/access/access";
import type { ContextChange } from "#contract/contexts/context-bundle";
import { LEARNINGS_PATH } from "#contract/contexts/context-bundle";
import { limits } from "#contract/limits";
import { notFound } from "../platform/app-error.ts";
import type { BundleProblem } from "../registry/bundle/bundle-file.ts";
import { unpackBundle } from "../registry/unpack-bundle.ts";
import type { FolderRules } from "../registry/unpack-bundle.ts";
import { changeTree, refuseFiles, storeWrites } from "./change-service.ts";
import { diffTrees, judgeTree, toTree } from "./context-tree.ts";
import type { Tree, TreeChange } from "./context-tree.ts";
import { requireVersion } from "./read-service.ts";
import { requireContext } from "./service.ts";
import type { ContextDeps } from "./service.ts";
import { findFileRow, listFileRows } from "./store.ts";

/** A file of a context, by the context's name. */
export interface FilePlace {
  name: string;
  path: string;
}

interface FromVersion {
  base: number | undefined;
}

/** Writes a file. Throws `not_found`, `invalid_context`, `context_secret_found`, `context_changed`, `context_full`. */
export async function putContextFile(
  deps: ContextDeps,
  principal: Principal,
  { name, path, bytes, allow, base }: FilePlace & FromVersion & { bytes: Uint8Array; allow: boolean },
): Promise<ContextChange> {
  const row = await requireContext(deps, principal, name);
  const size = bytes.byteLength;
  const errors = judgeTree(new Map(), [{ path, size }]);
  if (errors.length > 0) refuseFiles(errors);
  const write = { path, size, read: () => Promise.resolve(bytes) };
  const puts = await storeWrites(deps, row, { writes: [write], allow });
  return changeTree(deps, principal, {
    row,
    base,
    message: `write ${path}`,
    madeBy: principal.id,
    plan: () => ({ puts, removes: [] }),
  });
}

/** Deletes a file. Throws `not_found`, `context_changed`, `invalid_context`. */
export async function deleteContextFile(
  deps: ContextDeps,
  principal: Principal,
  { name, path, base }: FilePlace & FromVersion,
): Promise<ContextChange> {
  const row = await requireContext(deps, principal, name);
  if ((await findFileRow(deps.db, row.id, { path, version: null })) === undefined) throw notFound("file");
  return changeTree(deps, principal, {
    row,
    base,
    message: `delete ${path}`,
    madeBy: principal.id,
    plan: () => ({ puts: [], removes: [path] }),
  });
}

/** What has to be done to have at `to` what is at `from`, a file or a folder. Pure. */
function planMove(tree: Tree, from: string, to: string): TreeChange {
  const moved = [...tree.values()].filter(({ path }) => path === from || path.startsWith(`${from}/`));
  const puts = moved.map((file) => ({ ...file, path: to + file.path.slice(from.length) }));
  return { puts, removes: moved.map(({ path }) => path) };
}

/** Moves a file or a folder. Throws `not_found`, `invalid_context` also where something is at the new place. */
export async function moveContextFile(
  deps: ContextDeps,
  principal: Principal,
  { name, from, to, base }: { name: string; from: string; to: string } & FromVersion,
): Promise<ContextChange> {
  const row = await requireContext(deps, principal, name);
  const request = { row, base, message: `move ${from} to ${to}`, madeBy: principal.id };
  const plan = (tree: Tree): TreeChange => {
    const move = planMove(tree, from, to);
    if (move.puts.length === 0) throw notFound("file");
    const taken = move.puts.find(({ path }) => tree.has(path) && !move.removes.includes(path));
    if (taken !== undefined) {
      const detail = "A file is there already.";
      refuseFiles([{ pointer: "/to", file: taken.path, code: "path_taken", detail }]);
    }
    return move;
  };
  return changeTree(deps, principal, { ...request, plan });
}

/** What is asked of a folder that is put into a context; its files' names are judged like every other one's. */
const folderRules: FolderRules = {
  zipBytes: limits.context_zip_bytes.value,
  fileBytes: limits.context_file_bytes.value,
  totalBytes: limits.context_total_bytes.value,
  files: limits.context_files.value,
  unwraps: false,
  judge: (facts) => {
    const files = facts.map((fact) => ({ ...fact, sha256: "", warned: false }));
    const twice = facts.filter(({ path }, at) => facts.findIndex((other) => other.path === path) !== at);
    return [
      ...twice.map(({ path }) => problem(path, "path_clash", "The file is there twice.")),
      ...judgeTree(toTree(files), files).map(({ file = "", code = "", detail }) =>
        problem(file, code, detail),
      ),
    ];
  },
};

function problem(file: string, code: string, message: string): BundleProblem {
  return { file, code, message, fix: "Rename it or leave it out." };
}

/** Puts the files of a zip into a context, as one version. Throws as `putContextFile`. */
export async function uploadContext(
  deps: ContextDeps,
  principal: Principal,
  given: { name: string; zip: Uint8Array; allow: boolean; mirror: boolean } & FromVersion,
): Promise<ContextChange> {
  const { name, zip, allow, mirror, base } = given;
  const row = await requireContext(deps, principal, name);
  const { files, problems } = await unpackBundle(zip, folderRules);
  if (problems.length > 0) {
    refuseFiles(
      problems.map(({ file, code, message, fix }) => ({ pointer: "", file, code, detail: message, fix })),
    );
  }
  const held = toTree(await listFileRows(deps.db, row.id));
  const hashed = await Promise.all(files.map(async (file) => ({ file, sha256: await file.hash() })));
  // What is there already as it is was judged when it came.
  const isNew = ({ file, sha256 }: (typeof hashed)[number]) => held.get(file.path)?.sha256 !== sha256;
  const writes = hashed.filter(isNew).map(({ file }) => file);
  const puts = await storeWrites(deps, row, { writes, allow });
  const count = `${files.length} ${files.length === 1 ? "file" : "files"}`;
  const request = { row, base, message: `${mirror ? "mirror" : "upload"} ${count}`, madeBy: principal.id };
  const sent = new Set(files.map(({ path }) => path));
  const plan = (tree: Tree): TreeChange => {
    const others = mirror ? [...tree.keys()].filter((path) => !sent.has(path)) : [];
    const kept = row.kind === "memory" ? others.filter((path) => path !== LEARNINGS_PATH) : others;
    return { puts, removes: kept };
  };
  return changeTree(deps, principal, { ...request, plan });
}

/** Makes an earlier version the newest. A memory's learnings stay. Throws `not_found`, `context_changed`. */
export async function rollbackContext(
  deps: ContextDeps,
  principal: Principal,
  { name, version, base }: { name: string; version: string } & FromVersion,
): Promise<ContextChange> {
  const row = await requireContext(deps, principal, name);
  const found = await requireVersion(deps, row, version);
  const target = toTree(await listFileRows(deps.db, row.id, found.number));
  const request = {
    row,
    base,
    message: `roll back to version ${found.number}`,
    madeBy: principal.id,
    restoredFrom: found.number,
  };
  const plan = (tree: Tree): TreeChange => {
    const change = diffTrees(tree, target);
    if (row.kind !== "memory") return change;
    return {
      puts: change.puts.filter(({ path }) => path !== LEARNINGS_PATH),
      removes: change.removes.filter((path) => path !== LEARNINGS_PATH),
    };
  };
  return changeTree(deps, principal, { ...request, plan });
}

/** Gives one file the content that it had in a version. Throws `not_found`, `context_changed`, `invalid_context`. */
export async function restoreContextFile(
  deps: ContextDeps,
  principal: Principal,
  { name, path, version, base }: FilePlace & FromVersion & { version: string },
): Promise<ContextChange> {
  const row = await requireContext(deps, principal, name);
  const found = await requireVersion(deps, row, version);
  const file = await findFileRow(deps.db, row.id, { path, version: found.number });
  if (file === undefined) throw notFound("file");
  const { sha256, size, warned } = file;
  const request = {
    row,
    base,
    message: `restore ${path} of version ${found.number}`,
    madeBy: principal.id,
    restoredFrom: found.number,
  };
  const plan = () => ({ puts: [{ path, sha256, size, warned }], removes: [] });
  return changeTree(deps, principal, { ...request, plan });
}
