import type { Limit } from "../limit.ts";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The limits of accounts and of signing in. */
export const accountLimits = {
  password_characters_least: { value: 10, unit: "characters", what: "the shortest password" },
  password_characters: { value: 128, unit: "characters", what: "the longest password" },
  session_seconds: {
    value: 30 * DAY,
    unit: "seconds",
    what: "how long a browser that is not used stays signed in",
  },
  session_fresh_seconds: {
    value: 15 * MINUTE,
    unit: "seconds",
    what: "how long after a sign-in an account may be deleted, or a passkey added, without another one",
  },
  magic_link_seconds: { value: 15 * MINUTE, unit: "seconds", what: "how long a sign-in link works" },
  verification_seconds: {
    value: DAY,
    unit: "seconds",
    what: "how long the link that verifies an address works",
  },
  reset_seconds: { value: HOUR, unit: "seconds", what: "how long the link that sets a new password works" },
  sign_in_rate: {
    value: 5,
    unit: "items",
    what: "sign-ins, sign-ups and mails with links that one address may ask for in a minute",
  },
  session_rate: {
    value: 120,
    unit: "items",
    what: "other requests about signing in from one address in a minute",
  },
} as const satisfies Record<string, Limit>;
