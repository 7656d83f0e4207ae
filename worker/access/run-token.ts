import * as z from "zod";
import type { RunPrincipal } from "#contract/access/access";
import { runIdSchema, workspaceIdSchema } from "#contract/ids";
import { fromBase64Url, toBase64Url } from "../platform/bytes.ts";
import { equalInConstantTime, serverHmacHex } from "../platform/crypto.ts";
import { runPrincipal } from "./principal.ts";

/** What a run token says. A member this edge does not know is passed over: a younger edge may have made the token. */
const claimsSchema = z.object({
  run: runIdSchema,
  workspace: workspaceIdSchema,
  attempt: z.int().positive(),
  /** A token of the time before launches had numbers is of the first. */
  launch: z.int().positive().default(1),
  /** Epoch milliseconds. */
  until: z.number(),
});

const PREFIX = "wrt_";

const sign = (signingKey: string, payload: string) => serverHmacHex(signingKey, `run-token:${payload}`);

/**
 * The token that the program in a run's sandbox carries: `wrt_<claims>.<hmac>`, the claims JSON as base64url. It is good
 * for that run's own routes and for nothing else, for one attempt of it, in the sandbox that was made by that attempt's
 * launch of this number, and no longer than the sandbox can live. It stands for the run without a look at any store.
 * `until` is epoch milliseconds.
 */
export async function mintRunToken(
  signingKey: string,
  run: { run_id: string; workspace_id: string; attempt: number; launch: number; until: number },
): Promise<string> {
  const { run_id, workspace_id, attempt, launch, until } = run;
  const claims = JSON.stringify({ run: run_id, workspace: workspace_id, attempt, launch, until });
  const payload = toBase64Url(new TextEncoder().encode(claims));
  return `${PREFIX}${payload}.${await sign(signingKey, payload)}`;
}

/**
 * The run a token stands for; null for one that this edge did not make, or whose time is over at `now`. Nothing of it is
 * read before its MAC is right.
 */
export async function verifyRunToken(
  signingKey: string,
  token: string,
  now: number,
): Promise<RunPrincipal | null> {
  if (!token.startsWith(PREFIX)) return null;
  const [payload = "", mac = ""] = token.slice(PREFIX.length).split(".");
  if (!equalInConstantTime(mac, await sign(signingKey, payload))) return null;
  const bytes = fromBase64Url(payload);
  const claims = bytes && claimsSchema.safeParse(parseJson(bytes));
  return claims?.success && now < claims.data.until ? runPrincipal(claims.data) : null;
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}
