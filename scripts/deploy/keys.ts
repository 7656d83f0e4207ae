import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as z from "zod";
import { DeployStopped } from "./deployment.ts";

/**
 * What was made for a deployment and can be read nowhere else: Cloudflare shows no secret again. Each list has the one in
 * use first; the ones behind it still open what was signed or sealed with them.
 */
const keyringSchema = z.strictObject({
  FLOOM_OWNER_TOKEN: z.array(z.string()).default([]),
  FLOOM_SIGNING_KEY: z.array(z.string()).default([]),
  FLOOM_MASTER_KEYS: z.array(z.string()).default([]),
  /** The list whose first key may not have arrived: its rotation was begun and not heard to have ended. */
  pending: z.enum(["FLOOM_OWNER_TOKEN", "FLOOM_SIGNING_KEY", "FLOOM_MASTER_KEYS"]).nullable().default(null),
});
export type Keyring = z.infer<typeof keyringSchema>;
export type KeyName = NonNullable<Keyring["pending"]>;

export const keyNames: readonly KeyName[] = ["FLOOM_OWNER_TOKEN", "FLOOM_SIGNING_KEY", "FLOOM_MASTER_KEYS"];

/** Where the keys of one deployment are kept on this machine, for its owner's eyes alone. */
export function keyringFile(homeDir: string, accountId: string, name: string): string {
  return join(homeDir, "deployments", `${accountId}-${name}.json`);
}

/** The keys that were kept; empty lists where none were. Throws DeployStopped for a file that cannot be read. */
export function readKeyring(file: string): Keyring {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return keyringSchema.parse({});
    throw error;
  }
  try {
    return keyringSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new DeployStopped(
      `${file} cannot be read as the keys of a deployment.`,
      "Restore it from a copy, or move it away.",
      {
        cause,
      },
    );
  }
}

/** Keeps the keys, whole or not at all. */
export function writeKeyring(file: string, keyring: Keyring): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.new`;
  writeFileSync(draft, `${JSON.stringify(keyring, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, file);
}

/** A new value for a key; `taken` are the ids of master keys there are. */
export function makeKey(name: KeyName, taken: readonly string[] = []): string {
  switch (name) {
    case "FLOOM_OWNER_TOKEN":
      return `flm_${randomBytes(32).toString("base64url")}`;
    case "FLOOM_SIGNING_KEY":
      return randomBytes(48).toString("base64url");
    case "FLOOM_MASTER_KEYS": {
      const used = taken.map((entry) => Number(/^k(\d+):/.exec(entry)?.[1] ?? 0));
      return `k${Math.max(0, ...used) + 1}:${randomBytes(32).toString("base64")}`;
    }
  }
}

/** What is uploaded as the secret: an owner has one token, of the others all that are still good. */
export function secretText(name: KeyName, values: readonly string[]): string {
  return name === "FLOOM_OWNER_TOKEN" ? (values[0] ?? "") : values.join(",");
}

/**
 * The keyring with a value for every key that the script lacks; one that was made before and never arrived is used again.
 * `existing`: the names of the script's secrets.
 */
export function completeKeyring(keyring: Keyring, existing: readonly string[]): Keyring {
  const entries = keyNames.map((name) => {
    const isThere = existing.includes(name) || keyring[name].length > 0;
    return [name, isThere ? keyring[name] : [makeKey(name)]] as const;
  });
  return keyringSchema.parse({ ...keyring, ...Object.fromEntries(entries) });
}
