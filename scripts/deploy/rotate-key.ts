import * as z from "zod";
import { DeployStopped, sayWhy } from "./deployment.ts";
import type { DeployDeps } from "./deployment.ts";
import { keyringFile, makeKey, readKeyring, secretText, writeKeyring } from "./keys.ts";
import type { Keyring, KeyName } from "./keys.ts";

/** What a person calls a key. */
export const rotatable = {
  "owner-token": "FLOOM_OWNER_TOKEN",
  "signing-key": "FLOOM_SIGNING_KEY",
  "master-key": "FLOOM_MASTER_KEYS",
} as const satisfies Record<string, KeyName>;
export type Rotatable = keyof typeof rotatable;

export interface RotateOptions {
  name: string;
  accountId: string;
  publicUrl: string;
  homeDir: string;
}

/**
 * Puts a new key in front of the one in use, which goes on opening what it signed or sealed. Of a master key, everything
 * is then wrapped anew, and the old one goes; of a signing key the old one stays until `retireKey`, because runs
 * and review links carry what it signed; an owner's token takes the old one's place at once. Repeatable: a key that was
 * made and never arrived is used by the next try.
 */
export async function rotateKey(deps: DeployDeps, what: Rotatable, options: RotateOptions): Promise<void> {
  const key = rotatable[what];
  const file = keyringFile(options.homeDir, options.accountId, options.name);
  const keyring = readKeyring(file);
  const held = keyring[key];
  if (held.length === 0) {
    throw new DeployStopped(
      `This machine does not hold the ${what} that is in use (${file}), and Cloudflare shows it to nobody.`,
      `Copy that file from where the deployment was made. Without it a new ${what} would shut out what the old one opens.`,
    );
  }
  // A second master key is one whose rotation did not come to its end, whether or not it arrived.
  const isBegun = keyring.pending === key || (key === "FLOOM_MASTER_KEYS" && held.length > 1);
  const values = isBegun ? held : [makeKey(key, held), ...held.slice(0, 1)];
  writeKeyring(file, { ...keyring, [key]: values, pending: key });
  await putSecret(deps, options.name, { key, values });
  const kept = key === "FLOOM_OWNER_TOKEN" ? values.slice(0, 1) : values;
  const next: Keyring = { ...keyring, [key]: kept, pending: null };
  writeKeyring(file, next);
  deps.tell(`${what}: the new one is in use`);
  if (key === "FLOOM_OWNER_TOKEN") deps.print(kept[0] ?? "");
  if (key === "FLOOM_SIGNING_KEY")
    deps.tell("What the old one signed stays good until: npm run deploy -- --retire signing-key");
  if (key !== "FLOOM_MASTER_KEYS") return;
  await rewrapAll(deps, options.publicUrl, next);
  await retireKey(deps, what, options);
}

/** Takes the older keys out of use: what they signed or sealed is good for nothing from then on. */
export async function retireKey(deps: DeployDeps, what: Rotatable, options: RotateOptions): Promise<void> {
  const key = rotatable[what];
  const file = keyringFile(options.homeDir, options.accountId, options.name);
  const keyring = readKeyring(file);
  const values = keyring[key].slice(0, 1);
  if (values.length === 0) {
    throw new DeployStopped(
      `This machine does not hold the ${what} that is in use (${file}).`,
      "Copy that file here.",
    );
  }
  await putSecret(deps, options.name, { key, values });
  writeKeyring(file, { ...keyring, [key]: values });
  deps.tell(`${what}: only the newest is left`);
}

async function putSecret(
  deps: DeployDeps,
  name: string,
  { key, values }: { key: KeyName; values: readonly string[] },
): Promise<void> {
  const answer = await deps.wrangler(["secret", "put", key, "--name", name], secretText(key, values));
  if (answer.code === 0) return;
  throw new DeployStopped(
    `${key} could not be set: ${sayWhy(answer)}`,
    "The old one is still in use. Run it again.",
  );
}

const TRIES = 30;
const PAUSE_MS = 2000;
const rewrapSchema = z.object({ master_key_id: z.string(), left: z.number() });

/** Has everything wrapped by the new master key. An isolate that has not heard of it yet says so, and is asked again. */
async function rewrapAll(deps: DeployDeps, publicUrl: string, keyring: Keyring): Promise<void> {
  const wanted = /^([^:]+):/.exec(keyring.FLOOM_MASTER_KEYS[0] ?? "")?.[1];
  const headers = { authorization: `Bearer ${keyring.FLOOM_OWNER_TOKEN[0] ?? ""}` };
  let said = "";
  for (let tried = 0; tried < TRIES; tried++) {
    if (tried > 0) await deps.sleep(PAUSE_MS);
    const response = await deps
      .fetch(`${publicUrl}/api/master-key/rewrap`, { method: "POST", headers })
      .catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
    const body =
      typeof response === "string" ? null : rewrapSchema.safeParse(await response.json().catch(() => null));
    if (body?.data?.master_key_id === wanted && body?.data?.left === 0) return;
    said =
      typeof response === "string"
        ? response
        : body?.data === undefined
          ? `it answers ${response.status}`
          : `${body.data.left} are left, and ${body.data.master_key_id} is in use`;
  }
  throw new DeployStopped(
    `Not everything is wrapped by the new master key: ${said}.`,
    "Both keys stay in use until it is. Run it again.",
  );
}
