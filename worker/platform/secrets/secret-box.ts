import { concatBytes, fromBase64, toBase64 } from "../bytes.ts";

/**
 * Seals small secrets for storage: AES-256-GCM under a key derived from the signing key (HKDF-SHA256, RFC 5869), with
 * a fresh nonce each time. `purpose` is bound to the box: one sealed for one thing does not open as another.
 */
const encoder = new TextEncoder();
const NONCE_BYTES = 12;

/** The key of the last signing key that was used, and an edge has one: it follows from it and from nothing else. */
let derived: { signingKey: string; key: CryptoKey } | undefined;

async function boxKey(signingKey: string): Promise<CryptoKey> {
  if (derived?.signingKey === signingKey) return derived.key;
  // Kept once it is there: a request must not wait for what another one has begun.
  const key = await deriveKey(signingKey);
  derived = { signingKey, key };
  return key;
}

async function deriveKey(signingKey: string): Promise<CryptoKey> {
  const material = await crypto.subtle.importKey("raw", encoder.encode(signingKey), "HKDF", false, [
    "deriveKey",
  ]);
  const params = {
    name: "HKDF",
    hash: "SHA-256",
    salt: new Uint8Array(),
    info: encoder.encode("floom secret box v1"),
  };
  return crypto.subtle.deriveKey(params, material, { name: "AES-GCM", length: 256 }, false, [
    "encrypt",
    "decrypt",
  ]);
}

/** Seals `secret`; the result is base64 of nonce and ciphertext. */
export async function sealSecret(
  signingKey: string,
  box: { purpose: string; secret: string },
): Promise<string> {
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  const algorithm = { name: "AES-GCM", iv: nonce, additionalData: encoder.encode(box.purpose) };
  const sealed = await crypto.subtle.encrypt(algorithm, await boxKey(signingKey), encoder.encode(box.secret));
  return toBase64(concatBytes(nonce, new Uint8Array(sealed)));
}

/** Opens what `sealSecret` made for the same purpose; throws when it was changed or the key is another. */
export async function openSecret(
  signingKey: string,
  box: { purpose: string; sealed: string },
): Promise<string> {
  const bytes = fromBase64(box.sealed);
  if (bytes === null) throw new Error("The sealed secret is not base64.");
  const algorithm = {
    name: "AES-GCM",
    iv: bytes.subarray(0, NONCE_BYTES),
    additionalData: encoder.encode(box.purpose),
  };
  const opened = await crypto.subtle.decrypt(
    algorithm,
    await boxKey(signingKey),
    bytes.subarray(NONCE_BYTES),
  );
  return new TextDecoder().decode(opened);
}
