// Owns the question whether a person sends a form, where the server's settings name a service that can tell.
import * as z from "zod";
import { AppError } from "../platform/app-error.ts";
import { describeError, log } from "../platform/log.ts";
import type { Dial } from "../platform/network/dial-client.ts";

/** A widget's keys; see https://developers.cloudflare.com/turnstile/. */
export interface TurnstileKeys {
  siteKey: string;
  secret: string;
}

const VERIFY_URL = "https://challenges.cloudflare.com/turnstile/v0/siteverify";
const TIMEOUT_MS = 10_000;
const LONGEST_RESPONSE = 2048;
const answerSchema = z.object({ success: z.boolean() });

/**
 * Throws `invalid_request` unless the widget's answer is confirmed by its service, and where that cannot be asked: a check
 * that passes when it breaks is none. Nothing is asked where there are no keys.
 */
export async function requirePerson(
  { keys, dial }: { keys: TurnstileKeys | null; dial: Dial },
  { response, address }: { response: string; address: string },
): Promise<void> {
  if (keys === null) return;
  const isPerson =
    response !== "" &&
    response.length <= LONGEST_RESPONSE &&
    (await ask({ secret: keys.secret, dial }, { response, address }));
  if (isPerson) return;
  throw new AppError("invalid_request", "Confirm that you are a person, and send it again.");
}

async function ask(
  { secret, dial }: { secret: string; dial: Dial },
  { response, address }: { response: string; address: string },
): Promise<boolean> {
  const body = new URLSearchParams({ secret, response, ...(address === "" ? {} : { remoteip: address }) });
  try {
    const answer = await dial(VERIFY_URL, { method: "POST", body, signal: AbortSignal.timeout(TIMEOUT_MS) });
    return answerSchema.parse(await answer.json()).success;
  } catch (error) {
    log("error", "turnstile.unasked", { error: describeError(error) });
    return false;
  }
}
