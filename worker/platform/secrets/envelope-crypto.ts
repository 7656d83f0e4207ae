import { concatBytes, fromBase64Url, toBase64Url } from "../bytes.ts";
import type { MasterKeys } from "./master-keys.ts";

/**
 * The envelope in which everything secret is stored: a value is sealed under a data key, and the data key is wrapped under
 * a master key that is named beside it. Both by AES-256-GCM with a fresh nonce of 12 bytes before the ciphertext. What each
 * is for (`purpose`) is authenticated with it, so that nothing opens in the place of something else.
 *
 *     fk1.<master key id>.<nonce and data key>                          a wrapped data key
 *     fs1.<nonce and value>                                             a value under a data key that is kept elsewhere
 *     fe1.<master key id>.<nonce and data key>.<nonce and value>        a value with a data key of its own
 *
 * A new master key means to wrap the data keys anew; the values stay as they are.
 */
const NONCE_BYTES = 12;
const KEY_BYTES = 32;
const WRAPPED = "fk1";
const SEALED = "fs1";
const BOX = "fe1";
const encoder = new TextEncoder();

type Bytes = Uint8Array<ArrayBuffer>;

/** What was sealed under a master key that this edge does not have (any more). */
export class MasterKeyMissing extends Error {
  constructor(keyId: string) {
    super(`Sealed under the master key ${keyId}, which FLOOM_MASTER_KEYS does not hold.`);
    this.name = "MasterKeyMissing";
  }
}

async function encrypt(key: Bytes, data: { purpose: string; bytes: Uint8Array }): Promise<string> {
  const iv = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  const cipher = await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["encrypt"]);
  const algorithm = { name: "AES-GCM", iv, additionalData: encoder.encode(data.purpose) };
  const sealed = await crypto.subtle.encrypt(algorithm, cipher, data.bytes);
  return toBase64Url(concatBytes(iv, new Uint8Array(sealed)));
}

async function decrypt(key: Bytes, data: { purpose: string; text: string }): Promise<Bytes> {
  const bytes = fromBase64Url(data.text);
  if (bytes === null) throw new Error("What is sealed is not base64url.");
  const cipher = await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["decrypt"]);
  const additionalData = encoder.encode(data.purpose);
  const algorithm = { name: "AES-GCM", iv: bytes.subarray(0, NONCE_BYTES), additionalData };
  return new Uint8Array(await crypto.subtle.decrypt(algorithm, cipher, bytes.subarray(NONCE_BYTES)));
}

function requireMaster({ byId }: MasterKeys, id: string): Bytes {
  const key = byId.get(id);
  if (key === undefined) throw new MasterKeyMissing(id);
  return key;
}

/** The id is authenticated too, so that a wrapped key cannot be said to be another master key's. */
const keyPurpose = (id: string, purpose: string) => `floom key v1|${id}|${purpose}`;
const valuePurpose = (purpose: string) => `floom value v1|${purpose}`;

/** The parts behind the mark of a sealed text. Throws when it is another kind of text. */
function readParts(text: string, mark: string, count: number): string[] {
  const [found, ...parts] = text.split(".");
  if (found !== mark || parts.length !== count) throw new Error(`This is no ${mark} text.`);
  return parts;
}

/** A new data key. */
export function makeDataKey(): Bytes {
  return crypto.getRandomValues(new Uint8Array(KEY_BYTES));
}

/** A data key under the current master key, for `purpose` alone. */
export async function wrapDataKey(
  masters: MasterKeys,
  { purpose, dataKey }: { purpose: string; dataKey: Bytes },
): Promise<string> {
  const id = masters.current;
  const data = { purpose: keyPurpose(id, purpose), bytes: dataKey };
  return `${WRAPPED}.${id}.${await encrypt(requireMaster(masters, id), data)}`;
}

/** The data key that was wrapped for this purpose. Throws `MasterKeyMissing`, and when it was changed. */
export async function unwrapDataKey(
  masters: MasterKeys,
  { purpose, wrapped }: { purpose: string; wrapped: string },
): Promise<Bytes> {
  const [id = "", text = ""] = readParts(wrapped, WRAPPED, 2);
  return decrypt(requireMaster(masters, id), { purpose: keyPurpose(id, purpose), text });
}

/** A value under a data key. */
export async function sealValue(
  dataKey: Bytes,
  { purpose, secret }: { purpose: string; secret: string },
): Promise<string> {
  const data = { purpose: valuePurpose(purpose), bytes: encoder.encode(secret) };
  return `${SEALED}.${await encrypt(dataKey, data)}`;
}

/** The value that was sealed under this data key for this purpose. Throws when it was not. */
export async function openValue(
  dataKey: Bytes,
  { purpose, sealed }: { purpose: string; sealed: string },
): Promise<string> {
  const [text = ""] = readParts(sealed, SEALED, 1);
  return new TextDecoder().decode(await decrypt(dataKey, { purpose: valuePurpose(purpose), text }));
}

/** Whether a text is a box with a data key of its own. */
export function isBox(text: string): boolean {
  return text.startsWith(`${BOX}.`);
}

/** The master key under which a wrapped data key or a box stands; null for any other text. */
export function masterKeyOf(text: string): string | null {
  const [mark, id = ""] = text.split(".");
  return mark === WRAPPED || mark === BOX ? id : null;
}

/** A value with a data key of its own: it opens without anything being looked up. */
export async function sealBox(
  masters: MasterKeys,
  { purpose, secret }: { purpose: string; secret: string },
): Promise<string> {
  const dataKey = makeDataKey();
  const [, id, wrapped] = (await wrapDataKey(masters, { purpose, dataKey })).split(".");
  const [, sealed] = (await sealValue(dataKey, { purpose, secret })).split(".");
  return `${BOX}.${id}.${wrapped}.${sealed}`;
}

/** What `sealBox` made for the same purpose. Throws `MasterKeyMissing`, and when it was changed. */
export async function openBox(
  masters: MasterKeys,
  { purpose, sealed }: { purpose: string; sealed: string },
): Promise<string> {
  const [id = "", wrapped = "", value = ""] = readParts(sealed, BOX, 3);
  const dataKey = await unwrapDataKey(masters, { purpose, wrapped: `${WRAPPED}.${id}.${wrapped}` });
  return openValue(dataKey, { purpose, sealed: `${SEALED}.${value}` });
}

/** A data key or a box as the current master key wraps it. The value within is not opened. Throws as opening does. */
export async function rewrap(
  masters: MasterKeys,
  { purpose, text }: { purpose: string; text: string },
): Promise<string> {
  if (!isBox(text)) {
    const dataKey = await unwrapDataKey(masters, { purpose, wrapped: text });
    return wrapDataKey(masters, { purpose, dataKey });
  }
  const [id = "", wrapped = "", value = ""] = readParts(text, BOX, 3);
  const dataKey = await unwrapDataKey(masters, { purpose, wrapped: `${WRAPPED}.${id}.${wrapped}` });
  const [, newId, rewrapped] = (await wrapDataKey(masters, { purpose, dataKey })).split(".");
  return `${BOX}.${newId}.${rewrapped}.${value}`;
}
