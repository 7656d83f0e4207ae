import type { Limit } from "../limit.ts";

/** The limits of connected clients. */
export const oauthLimits = {
  client_access_seconds: {
    value: 600,
    unit: "seconds",
    what: "how long a connected client's access token is good",
  },
  client_refresh_seconds: {
    value: 2_592_000,
    unit: "seconds",
    what: "how long a connected client stays connected that does not come back",
  },
  client_reuse_seconds: {
    value: 20,
    unit: "seconds",
    what: "how long a renewal whose answer was lost is answered again",
  },
  client_code_seconds: {
    value: 600,
    unit: "seconds",
    what: "how long a person has to decide about a client, and it to fetch its tokens",
  },
  client_document_bytes: {
    value: 5120,
    unit: "bytes",
    what: "the document by which a client describes itself",
  },
  client_document_seconds: { value: 5, unit: "seconds", what: "how long that document may take to come" },
  client_document_cache_seconds: {
    value: 3600,
    unit: "seconds",
    what: "how long a client's document is not asked for again",
  },
  client_message_bytes: {
    value: 65_536,
    unit: "bytes",
    what: "what a client sends to be registered, or for tokens",
  },
  client_unused_seconds: {
    value: 604_800,
    unit: "seconds",
    what: "how long a client is kept that nobody has let in",
  },
  client_registrations_per_minute: {
    value: 10,
    unit: "items",
    what: "clients that one address registers in a minute",
  },
  client_requests_per_minute: {
    value: 120,
    unit: "items",
    what: "requests for tokens from one address in a minute, and as many to be let in",
  },
} as const satisfies Record<string, Limit>;
