import * as z from "zod";
import { defineRoute } from "../route.ts";
import {
  abandonedKeySchema,
  grantSecretSchema,
  rewrapResultSchema,
  secretSummarySchema,
  secretTestSchema,
  secretVersionSchema,
  setSecretSchema,
} from "./secret.ts";

const answer = <S extends z.ZodType>(schema: S, description: string) =>
  ({ kind: "json", status: 200, schema, description }) as const;

const tag = "Secrets";

export const secretRoutes = {
  listSecrets: defineRoute({
    id: "listSecrets",
    method: "GET",
    path: "/api/secrets",
    tag,
    summary: "List the workspace's secrets, without their values",
    description: "Also those that workers declare and nobody has set.",
    access: "secrets:read",
    answer: answer(z.array(secretSummarySchema), "The secrets, by name."),
    problems: [],
  }),
  getSecret: defineRoute({
    id: "getSecret",
    method: "GET",
    path: "/api/secrets/{secret}",
    tag,
    summary: "Get what is known of a secret, without its value",
    access: "secrets:read",
    answer: answer(secretSummarySchema, "The secret."),
    problems: ["not_found"],
  }),
  setSecret: defineRoute({
    id: "setSecret",
    method: "POST",
    path: "/api/secrets/{secret}",
    tag,
    summary: "Set a secret, or give it a new version",
    description: "Runs that are launched from now on get it; those that are under way keep theirs.",
    access: "secrets:write",
    body: { kind: "json", schema: setSecretSchema, limit: "json_body_bytes" },
    answer: answer(secretSummarySchema, "The secret."),
    problems: ["invalid_secret", "too_many_secrets", "no_master_key", "master_key_missing"],
  }),
  deleteSecret: defineRoute({
    id: "deleteSecret",
    method: "DELETE",
    path: "/api/secrets/{secret}",
    tag,
    summary: "Delete a secret",
    description:
      "Starts of workers that declare it are refused from then on. Its sealed value is kept a day longer, to mask it in runs that have it.",
    access: "secrets:write",
    answer: { kind: "empty", status: 204, description: "It is gone." },
    problems: ["not_found"],
  }),
  listSecretVersions: defineRoute({
    id: "listSecretVersions",
    method: "GET",
    path: "/api/secrets/{secret}/versions",
    tag,
    summary: "List a secret's versions, without their values",
    access: "secrets:read",
    answer: answer(z.array(secretVersionSchema), "The versions, newest first."),
    problems: ["not_found"],
  }),
  grantSecret: defineRoute({
    id: "grantSecret",
    method: "PUT",
    path: "/api/secrets/{secret}/grants",
    tag,
    summary: "Say which workers get a secret",
    access: "secrets:write",
    body: { kind: "json", schema: grantSecretSchema, limit: "json_body_bytes" },
    answer: answer(secretSummarySchema, "The secret."),
    problems: ["not_found", "invalid_secret"],
  }),
  testSecret: defineRoute({
    id: "testSecret",
    method: "POST",
    path: "/api/secrets/{secret}/test",
    tag,
    summary: "Say whether a secret can be opened",
    description: "Opens the sealed value here and forgets it. Nobody outside is asked.",
    access: "secrets:write",
    answer: answer(secretTestSchema, "Whether it opens, and what that means."),
    problems: ["not_found"],
  }),
  rewrapSecrets: defineRoute({
    id: "rewrapSecrets",
    method: "POST",
    path: "/api/master-key/rewrap",
    tag,
    summary: "Put everything sealed under the current master key",
    description:
      "For whoever owns this server, by its owner's token or signed in as the owner of its first workspace, after a new key was put first in FLOOM_MASTER_KEYS. Of all workspaces, while serving; repeat it as often as you like.",
    access: "workspace:own",
    answer: answer(rewrapResultSchema, "What was done."),
    problems: ["owner_only", "no_master_key"],
  }),
  abandonKey: defineRoute({
    id: "abandonKey",
    method: "POST",
    path: "/api/master-key/abandon",
    tag,
    summary: "Give up the key of a workspace's secrets when it opens no more",
    description:
      "For whoever owns this server, by its owner's token or signed in as the owner of its first workspace, when a master key is lost for good. The workspace gets a new key; its secrets are gone and have to be set anew. What runs tell that were given them, and are still under way, is not taken: it could not be masked.",
    access: "workspace:own",
    answer: answer(abandonedKeySchema, "What was lost."),
    problems: ["owner_only", "no_master_key", "workspace_key_opens"],
  }),
} as const;
