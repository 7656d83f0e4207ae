import { LEARNINGS_PATH } from "#contract/contexts/context-bundle";
import type { ReadableFile } from "../../agents/tools/folder-driver.ts";
import { listFileRows } from "../../contexts/store.ts";
import { listKept } from "../../memory/service.ts";
import { matchesGlob } from "../../registry/match-glob.ts";
import { unpackBundle } from "../../registry/unpack-bundle.ts";
import type { AttemptContext } from "../../runs/lifecycle/run-state.ts";
import type { RunSpec } from "../../runs/spec/run-spec.ts";
import type { Host } from "../host.ts";

export type ReadFiles = () => Promise<readonly ReadableFile[]>;

/** Asks once; a failure is not kept. */
export function once<Value>(ask: () => Promise<Value>): () => Promise<Value> {
  let asked: Promise<Value> | null = null;
  return () => {
    asked ??= ask().catch((error: unknown) => {
      asked = null;
      throw error;
    });
    return asked;
  };
}

export async function listBundle(
  { files }: Host,
  { bundle_digest: digest }: RunSpec,
): Promise<ReadableFile[]> {
  const bundle = await files.getBundle(digest);
  if (bundle === null) throw new Error("The bundle of a run is not in storage.");
  return (await unpackBundle(await bundle.bytes())).files;
}

/** The files of the contexts as they were when the attempt began. */
export async function listContexts(
  { db, files }: Host,
  { workspace_id: workspaceId }: RunSpec,
  contexts: readonly AttemptContext[],
): Promise<ReadableFile[]> {
  const all = contexts.map(async ({ context_id: contextId, name, version, paths }) => {
    const rows = version === 0 ? [] : await listFileRows(db, contextId, version);
    const mounted = rows.filter(
      ({ path }) => paths.length === 0 || paths.some((pattern) => matchesGlob(pattern, path)),
    );
    return mounted.map(({ path, size, sha256 }) => ({
      path: `context/${name}/${path}`,
      size,
      read: async () => {
        const found = await files.getContextFile({ workspaceId, contextId }, sha256);
        if (found === null) throw new Error("A file of a context is not in storage.");
        return found.bytes();
      },
    }));
  });
  return (await Promise.all(all)).flat();
}

export async function readText(list: ReadFiles, path: string): Promise<string | null> {
  const file = (await list()).find((one) => one.path === path);
  return file === undefined ? null : new TextDecoder().decode(await file.read());
}

/** The file of what an agent remembers; none where it has no memory, or mounts a context of that name. */
export async function listMemory(
  host: Host,
  { agent, worker_id: workerId }: RunSpec,
  contexts: readonly AttemptContext[],
): Promise<ReadableFile[]> {
  const folder = agent?.memory?.folder;
  if (folder === undefined || contexts.some(({ name }) => name === folder)) return [];
  const lines = (await listKept(host, workerId)).map((one) => `${JSON.stringify(one)}\n`);
  const bytes = new TextEncoder().encode(lines.join(""));
  const path = `context/${folder}/${LEARNINGS_PATH}`;
  return [{ path, size: bytes.byteLength, read: async () => bytes }];
}
