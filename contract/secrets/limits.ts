import { KIB } from "../limit.ts";
import type { Limit } from "../limit.ts";

/** The limits of secrets. */
export const secretLimits = {
  secret_bytes: { value: 32 * KIB, unit: "bytes", what: "a secret's value" },
  secret_hosts: { value: 10, unit: "items", what: "hosts that a secret is bound to" },
  secret_header_bytes: {
    value: 8 * KIB,
    unit: "bytes",
    what: "a header with a secret in it, where the secret is bound to hosts",
  },
  workspace_secrets: { value: 200, unit: "items", what: "secrets of a workspace" },
  secret_versions: { value: 50, unit: "items", what: "versions of a secret that are told of" },
  secret_masked_characters: { value: 6, unit: "characters", what: "the shortest value that is masked" },
} as const satisfies Record<string, Limit>;
