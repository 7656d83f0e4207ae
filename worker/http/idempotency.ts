import { AppError } from "../platform/app-error.ts";

const MAX_LENGTH = 255;

/** What a key consists of: printable ASCII without spaces, as a header holds it. */
export const IDEMPOTENCY_KEY = /^[\x21-\x7e]+$/;

/**
 * The request's Idempotency-Key, or null. Form as in the IETF draft "The Idempotency-Key HTTP Header Field": a short
 * string the client makes up; printable ASCII, at most 255 characters. It is answered with a prefix of its own: a queue
 * also remembers keys that the platform makes up, and a client that guesses one must not get in the way of it.
 */
export function readIdempotencyKey(request: Request): string | null {
  const key = request.headers.get("idempotency-key");
  if (key === null) return null;
  if (key.length > 0 && key.length <= MAX_LENGTH && IDEMPOTENCY_KEY.test(key)) return `client:${key}`;
  throw new AppError(
    "invalid_request",
    "The Idempotency-Key must be 1 to 255 printable characters without spaces.",
    {
      errors: [
        {
          pointer: "Idempotency-Key",
          detail: "is empty, too long, or has characters that are not printable ASCII",
        },
      ],
    },
  );
}
