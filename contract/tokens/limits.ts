import type { Limit } from "../limit.ts";

/** The limits of tokens and of signing in from a terminal. */
export const tokenLimits = {
  token_days: { value: 366, unit: "days", what: "how long a token is good at most" },
  token_days_default: { value: 90, unit: "days", what: "how long a token is good when nobody says" },
  token_name_characters: { value: 80, unit: "characters", what: "the name of a token or a service account" },
  workspace_tokens: { value: 500, unit: "items", what: "tokens of a workspace" },
  workspace_service_accounts: { value: 50, unit: "items", what: "service accounts of a workspace" },
  token_used_seconds: {
    value: 3600,
    unit: "seconds",
    what: "how far behind it may be when a token was last used",
  },
  device_seconds: {
    value: 600,
    unit: "seconds",
    what: "how long a sign-in from a terminal waits for a person",
  },
  device_interval_seconds: {
    value: 2,
    unit: "seconds",
    what: "how often a sign-in from a terminal may be asked about",
  },
  device_starts_per_minute: {
    value: 5,
    unit: "items",
    what: "sign-ins from a terminal that one address begins in a minute",
  },
  device_guesses_per_minute: {
    value: 10,
    unit: "items",
    what: "codes of terminals that one person tries in a minute",
  },
  devices_waiting: { value: 1000, unit: "items", what: "sign-ins from terminals that wait at a time" },
} as const satisfies Record<string, Limit>;
