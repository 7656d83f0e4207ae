import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import type { Connection } from "../config.ts";

const knownVersionSchema = z.object({ worker: z.string(), versionNumber: z.number(), versionId: z.string() });

/** The version that a folder was last pushed as, or pulled from. */
export type KnownVersion = z.infer<typeof knownVersionSchema>;

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
    return knownVersionSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
