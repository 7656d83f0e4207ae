import { APICallError } from "@ai-sdk/provider";
import type { ModelReply } from "./model-api.ts";

type Failure = ModelReply & { kind: "failed" };

const MOST_CHARACTERS = 500;
const QUOTA = /insufficient_quota|credit balance|billing|exceeded your current quota|payment required/i;

/** What a provider's error means for the run. Nothing of the request goes into it, no header, and no key. Pure but for the class. */
export function classifyError(error: unknown, { now, key }: { now: number; key: string }): Failure {
  const failure = classify(error, now);
  return key === "" ? failure : { ...failure, message: failure.message.replaceAll(key, "***") };
}

function classify(error: unknown, now: number): Failure {
  if (!APICallError.isInstance(error)) {
    const text = error instanceof Error ? error.message : String(error);
    return fail("llm_provider_error", `The provider could not be heard: ${text}`, { retryable: true });
  }
  const { statusCode: status = 0, responseBody: body = "", responseHeaders: headers = {} } = error;
  const said = `The provider answered ${status || "with an error"}: ${error.message}`;
  if (status === 402 || QUOTA.test(`${error.message} ${body}`)) return fail("llm_quota_exceeded", said);
  if (status === 401 || status === 403) return fail("llm_auth_error", said);
  const retry_after_ms = readRetryAfter(headers, now);
  if (status === 429) return fail("llm_rate_limited", said, { retryable: true, retry_after_ms });
  const isOurs = status >= 400 && status < 500 && status !== 408 && status !== 409;
  return fail("llm_provider_error", said, { retryable: !isOurs, retry_after_ms });
}

function fail(
  code: Failure["code"],
  message: string,
  more: Partial<Pick<Failure, "retryable" | "retry_after_ms">> = {},
): Failure {
  return {
    kind: "failed",
    code,
    message: message.slice(0, MOST_CHARACTERS),
    retryable: more.retryable ?? false,
    retry_after_ms: more.retry_after_ms ?? null,
  };
}

/** `retry-after-ms`, or `Retry-After` in seconds or as a date; null where neither can be read. Pure. */
export function readRetryAfter(headers: Readonly<Record<string, string>>, now: number): number | null {
  const found = Object.fromEntries(Object.entries(headers).map(([name, text]) => [name.toLowerCase(), text]));
  const ms = Number(found["retry-after-ms"] ?? Number.NaN);
  if (Number.isFinite(ms) && ms >= 0) return ms;
  const text = found["retry-after"]?.trim() ?? "";
  if (text === "") return null;
  const seconds = Number(text);
  if (Number.isFinite(seconds)) return seconds >= 0 ? seconds * 1000 : null;
  const date = Date.parse(text);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}
