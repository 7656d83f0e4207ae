import { connectionIdSchema } from "#contract/ids";
import { equalInConstantTime, hmacSha256Hex } from "../platform/crypto.ts";

/** What the state of a sign-in stands for. `expires_at` is in epoch milliseconds; `user_id`: who began, null for nobody's token. */
export interface SignInState {
  id: string;
  workspace_id: string;
  user_id: string | null;
  nonce: string;
  expires_at: number;
}

/** `<connection>.<workspace>.<user>.<nonce>.<expiry in base 36>.<hmac>`. */
export async function signState(signingKey: string, state: SignInState): Promise<string> {
  const { id, workspace_id, user_id, nonce, expires_at } = state;
  const text = [id, workspace_id, user_id ?? "", nonce, expires_at.toString(36)].join(".");
  return `${text}.${await hmacSha256Hex(signingKey, `connection-sign-in:${text}`)}`;
}

/** What a state stands for; null for a forged and an old one alike. That it is used once its connection's object sees to. */
export async function verifyState(
  signingKey: string,
  { text, now }: { text: string; now: number },
): Promise<SignInState | null> {
  const [id = "", workspace_id = "", user = "", nonce = "", expiry = ""] = text.split(".");
  const state = {
    id,
    workspace_id,
    user_id: user === "" ? null : user,
    nonce,
    expires_at: Number.parseInt(expiry, 36),
  };
  const isGenuine = equalInConstantTime(text, await signState(signingKey, state));
  return isGenuine && connectionIdSchema.safeParse(id).success && now < state.expires_at ? state : null;
}
