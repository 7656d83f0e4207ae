import { fromBase64, fromBase64Url } from "../bytes.ts";

const KEY_BYTES = 32;
const idForm = /^[A-Za-z0-9_-]{1,32}$/;

/** The keys that wrap all other keys, by id. The current one wraps; every one of them unwraps what it has wrapped. */
export interface MasterKeys {
  current: string;
  byId: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
}

/**
 * Reads `id:key` lines, the current key first, each key 32 bytes in base64 or base64url; commas do for line ends. Null for
 * an empty text: then there is no master key, and nothing takes its place. Throws on anything else, without telling any
 * part of a key. Pure.
 */
export function parseMasterKeys(text: string): MasterKeys | null {
  const entries = text.split(/[\s,]+/).filter((entry) => entry !== "");
  const byId = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const [index, entry] of entries.entries()) {
    const cut = entry.indexOf(":");
    const id = entry.slice(0, Math.max(cut, 0));
    const key = entry.slice(cut + 1);
    const bytes = fromBase64(key) ?? fromBase64Url(key);
    if (!idForm.test(id) || bytes?.byteLength !== KEY_BYTES)
      throw new Error(`Master key ${index + 1} must be <id>:<${KEY_BYTES} bytes in base64>.`);
    if (byId.has(id)) throw new Error(`Two master keys have the id ${id}.`);
    byId.set(id, bytes);
  }
  const [current] = byId.keys();
  return current === undefined ? null : { current, byId };
}
