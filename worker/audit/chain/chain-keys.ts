import type { AuditHead } from "#contract/audit/chain";
import { headMessage } from "#contract/audit/chain";
import { concatBytes, fromBase64Url, toBase64Url, toHex } from "../../platform/bytes.ts";
import { hmac } from "../../platform/crypto.ts";
import type { SigningKeys } from "../../platform/signing-keys.ts";

const encoder = new TextEncoder();

/** What one workspace's chain is held together with, made from a signing key and from nothing else. */
export interface ChainKey {
  /** Tells which signing key it was made from, and nothing about it. */
  id: string;
  mac: Uint8Array<ArrayBuffer>;
  /** Ed25519, base64url. */
  publicKey: string;
  privateKey: CryptoKey;
}

/** The key in use, and those made from signing keys before it, which still vouch for what they had vouched for. */
export interface ChainKeys {
  current: ChainKey;
  byId: ReadonlyMap<string, ChainKey>;
}

/** PKCS #8 of an Ed25519 key up to its 32 bytes (RFC 8410, section 7). */
const PKCS8 = Uint8Array.from([
  0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
]);
const ID_CHARACTERS = 16;

/** 32 bytes for one purpose, by HKDF-SHA256 (RFC 5869). */
async function derive(signingKey: string, purpose: string): Promise<Uint8Array<ArrayBuffer>> {
  const secret = await crypto.subtle.importKey("raw", encoder.encode(signingKey), "HKDF", false, [
    "deriveBits",
  ]);
  const info = encoder.encode(`floom audit chain 1|${purpose}`);
  const bits = await crypto.subtle.deriveBits(
    { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info },
    secret,
    256,
  );
  return new Uint8Array(bits);
}

async function makeKey(signingKey: string, workspaceId: string): Promise<ChainKey> {
  const id = await derive(signingKey, `id|${workspaceId}`);
  const mac = await derive(signingKey, `mac|${workspaceId}`);
  const seed = await derive(signingKey, `sign|${workspaceId}`);
  const imported = await crypto.subtle.importKey("pkcs8", concatBytes(PKCS8, seed), "Ed25519", true, [
    "sign",
  ]);
  const jwk = await crypto.subtle.exportKey("jwk", imported);
  if (!("x" in jwk) || typeof jwk.x !== "string") throw new Error("An Ed25519 key has no public half.");
  return { id: toHex(id).slice(0, ID_CHARACTERS), mac, publicKey: jwk.x, privateKey: imported };
}

/** The keys of a workspace's chain. */
export async function makeChainKeys(signing: SigningKeys, workspaceId: string): Promise<ChainKeys> {
  const current = await makeKey(signing.signingKey, workspaceId);
  const earlier = await Promise.all(signing.earlierSigningKeys.map((key) => makeKey(key, workspaceId)));
  return { current, byId: new Map([current, ...earlier].map((key) => [key.id, key])) };
}

/** Hex HMAC-SHA256 of an entry's hash. */
export async function macOf({ mac }: ChainKey, hash: string): Promise<string> {
  return toHex(await hmac(mac, hash, "SHA-256"));
}

/** Signs where a chain begins and ends. */
export async function signHead(
  { current }: ChainKeys,
  place: Pick<AuditHead, "workspace_id" | "after" | "last" | "signed_at">,
): Promise<AuditHead> {
  const unsigned = { ...place, public_key: current.publicKey };
  const message = encoder.encode(headMessage(unsigned));
  const signature = await crypto.subtle.sign("Ed25519", current.privateKey, message);
  return { ...unsigned, type: "head", signature: toBase64Url(new Uint8Array(signature)) };
}

/** Whether a head was signed here, by the key in use or one before it. */
export async function isOwnHead({ byId }: ChainKeys, head: AuditHead): Promise<boolean> {
  const isKnown = [...byId.values()].some(({ publicKey }) => publicKey === head.public_key);
  const key = fromBase64Url(head.public_key);
  const signature = fromBase64Url(head.signature);
  if (!isKnown || key === null || signature === null) return false;
  const imported = await crypto.subtle.importKey("raw", key, "Ed25519", false, ["verify"]);
  return crypto.subtle.verify("Ed25519", imported, signature, encoder.encode(headMessage(head)));
}
