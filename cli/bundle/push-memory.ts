import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Connection } from "../config.ts";

/** The version that a folder was last pushed as, or pulled from. */
export interface KnownVersion {
  worker: string;
  versionNumber: number;
  versionId: string;
}

/**
 * Remembers for each folder which version it stands on, so that a push can notice that somebody else pushed in
 * between. It lies beside the server's token, never in the folder, where it would travel with the files.
 */
export interface PushMemory {
  recall: (dir: string, worker: string) => Promise<KnownVersion | undefined>;
  remember: (dir: string, known: KnownVersion) => Promise<void>;
}

/** Opens the memory for one server. What cannot be read counts as not remembered. */
export function openPushMemory({ origin, stateDir }: Connection): PushMemory {
  const folder = join(stateDir, "folders");
  const fileOf = (dir: string): string =>
    join(folder, `${createHash("sha256").update(`${origin}\n${dir}`).digest("hex").slice(0, 32)}.json`);
  return {
    recall: async (dir, worker) => {
      const known = parseKnown(await readFile(fileOf(dir), "utf8").catch(() => ""));
      return known?.worker === worker ? known : undefined;
    },
    remember: async (dir, known) => {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeFile(fileOf(dir), `${JSON.stringify(known)}\n`, { mode: 0o600 });
    },
  };
}

function parseKnown(text: string): KnownVersion | undefined {
  try {
    const value: Partial<KnownVersion> = JSON.parse(text);
    const { worker, versionNumber, versionId } = value;
    if (typeof worker !== "string" || typeof versionNumber !== "number" || typeof versionId !== "string")
      return undefined;

    return { worker, versionNumber, versionId };
  } catch {
    return undefined;
  }
}
