import { askAuth } from "./ask-auth.ts";
import type { AuthAnswer } from "./ask-auth.ts";

/** Whether this browser can sign in by a passkey and speaks WebAuthn's JSON. */
export function canUsePasskeys(): boolean {
  return "PublicKeyCredential" in window && "parseRequestOptionsFromJSON" in window.PublicKeyCredential;
}

/** Signs in by a passkey of this device or of a phone beside it. */
export async function signInByPasskey(): Promise<AuthAnswer> {
  const asked = await askAuth("/passkey/generate-authenticate-options");
  if (!asked.ok) return asked;
  if (!isRequestOptions(asked.body)) throw new Error("The server's question for a passkey cannot be read");
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(asked.body);
  const credential = await navigator.credentials.get({ publicKey }).catch(() => null);
  if (!(credential instanceof PublicKeyCredential))
    return { ok: false, code: "cancelled", message: "No passkey was chosen.", seconds: null };
  return askAuth("/passkey/verify-authentication", { response: credential.toJSON() });
}

/** What the browser itself judges; only that it is such a question at all is looked at here. */
function isRequestOptions(body: unknown): body is PublicKeyCredentialRequestOptionsJSON {
  return (
    typeof body === "object" && body !== null && "challenge" in body && typeof body.challenge === "string"
  );
}
