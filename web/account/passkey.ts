import * as z from "zod";
import { askAuth } from "./ask-auth.ts";
import type { AuthAnswer } from "./ask-auth.ts";

/**
 * Whether this browser can use passkeys here and speaks WebAuthn's JSON. They belong to a name: at an address of numbers
 * there are none (https://www.w3.org/TR/webauthn-3/, "RP ID").
 */
export function canUsePasskeys(): boolean {
  return (
    "PublicKeyCredential" in window &&
    "parseRequestOptionsFromJSON" in window.PublicKeyCredential &&
    /[a-z]/i.test(window.location.hostname) &&
    !window.location.hostname.startsWith("[")
  );
}

/** Signs in by a passkey of this device or of a phone beside it. */
export async function signInByPasskey(): Promise<AuthAnswer> {
  const asked = await askAuth("/passkey/generate-authenticate-options");
  if (!asked.ok) return asked;
  if (!isQuestion<PublicKeyCredentialRequestOptionsJSON>(asked.body)) throw new Error(UNREADABLE);
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(asked.body);
  const credential = await navigator.credentials.get({ publicKey }).catch(() => null);
  if (!(credential instanceof PublicKeyCredential)) return cancelled("No passkey was chosen.");
  return askAuth("/passkey/verify-authentication", { response: credential.toJSON() });
}

/** Makes a passkey for whoever is signed in, under a name they know it by. */
export async function addPasskey(name: string): Promise<AuthAnswer> {
  const asked = await askAuth(`/passkey/generate-register-options?name=${encodeURIComponent(name)}`);
  if (!asked.ok) return asked;
  if (!isQuestion<PublicKeyCredentialCreationOptionsJSON>(asked.body)) throw new Error(UNREADABLE);
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(asked.body);
  const credential = await navigator.credentials.create({ publicKey }).catch(() => null);
  if (!(credential instanceof PublicKeyCredential)) return cancelled("No passkey was made.");
  return askAuth("/passkey/verify-registration", { response: credential.toJSON(), name });
}

const passkeySchema = z.object({ id: z.string(), name: z.string().nullish() });
export type OwnPasskey = z.infer<typeof passkeySchema>;

/** The passkeys of whoever is signed in. Throws what kept the server from saying. */
export async function listPasskeys(): Promise<OwnPasskey[]> {
  const answer = await askAuth("/passkey/list-user-passkeys");
  if (!answer.ok) throw new Error(answer.message);
  return z.array(passkeySchema).parse(answer.body);
}

export function deletePasskey(id: string): Promise<AuthAnswer> {
  return askAuth("/passkey/delete-passkey", { id });
}

const UNREADABLE = "The server's question for a passkey cannot be read";

function cancelled(message: string): AuthAnswer {
  return { ok: false, code: "cancelled", message, seconds: null };
}

/** What the browser itself judges; only that it is such a question at all is looked at here. */
function isQuestion<T extends { challenge: string }>(body: unknown): body is T {
  return (
    typeof body === "object" && body !== null && "challenge" in body && typeof body.challenge === "string"
  );
}
