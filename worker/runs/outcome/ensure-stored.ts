import type { Artifact } from "#contract/runs/run";
import type { Files } from "../../platform/files.ts";
import type { SecretScan } from "../../platform/redaction/secret-scan.ts";
import { storeJudged } from "../../platform/storage/store-judged.ts";
import type { Executor, FileRead } from "../ports/executor.ts";

/** Where an attempt's files are kept, and where they may still lie. */
export interface FileSources {
  files: Files;
  executor: Pick<Executor, "openFile">;
  runId: string;
  /** Null while nobody knows it. */
  sandboxId: string | null;
  /** A look at what one file holds, for a run with secrets. */
  scan?: (() => SecretScan) | undefined;
}

/**
 * `missing` and `other`: the sandbox is there, and its script named a file that is not, or that holds something else.
 * `secret`: it holds a secret of the run and is not kept. `gone`: what was promised went with its sandbox. `unknown`: nobody can say yet.
 */
export type StoredVerdict = "stored" | "missing" | "other" | "secret" | "gone" | "unknown";

/** A file of the sandbox, as far as anybody knows the sandbox. Throws where nobody can say. */
export async function openInSandbox(
  { executor, sandboxId }: Pick<FileSources, "executor" | "sandboxId">,
  path: string,
): Promise<FileRead | { kind: "unknown" }> {
  return sandboxId === null ? { kind: "unknown" } : executor.openFile(sandboxId, path);
}

/** What came is not what may be kept. */
class NotKept extends Error {
  readonly verdict: "other" | "secret";
  constructor(verdict: NotKept["verdict"]) {
    super(`a file is not kept: ${verdict}`);
    this.verdict = verdict;
  }
}

/** Makes sure that a file on the record is in storage; fetches it from the sandbox when its upload did not arrive. */
export async function ensureStored(
  sources: FileSources,
  { path, size_bytes: length, sha256 }: Pick<Artifact, "path" | "size_bytes" | "sha256">,
): Promise<StoredVerdict> {
  const { files, runId } = sources;
  const known = await files.findRunFile({ runId, sha256 });
  if (known?.refused) return "secret";
  if (known) return known.size === length ? "stored" : "other";
  const found = await openInSandbox(sources, path);
  if (found.kind !== "open") return found.kind;
  const scan = sources.scan?.();
  try {
    await storeJudged(found.body, {
      length,
      watch: (part) => scan?.take(part),
      put: (body) => files.putRunFile({ runId, sha256 }, body),
      judge: async (came) => {
        if (came.size !== length || came.sha256 !== sha256) throw new NotKept("other");
        if (scan?.found) throw new NotKept("secret");
      },
    });
    return "stored";
  } catch (error) {
    if (!(error instanceof NotKept)) throw error;
    if (error.verdict === "secret") await files.refuseRunFile({ runId, sha256 });
    return error.verdict;
  }
}
