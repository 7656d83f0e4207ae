import * as z from "zod";
import { defineRoute } from "../route.ts";
import {
  createdTokenSchema,
  createServiceAccountSchema,
  createTokenSchema,
  rotateTokenSchema,
  serviceAccountSchema,
  tokenSummarySchema,
} from "./token.ts";

const tag = "Tokens";

const answer = <S extends z.ZodType>(schema: S, description: string) =>
  ({ kind: "json", status: 200, schema, description }) as const;
const made = <S extends z.ZodType>(schema: S, description: string) =>
  ({ kind: "json", status: 201, schema, description }) as const;

/** A person manages their own tokens; whoever looks after members, those of service accounts, and may end anybody's. */
export const tokenRoutes = {
  listTokens: defineRoute({
    id: "listTokens",
    method: "GET",
    path: "/api/auth/tokens",
    tag,
    summary: "List tokens, never the tokens themselves",
    description:
      "Yours; with the scope members:write all of the workspace; of a token that belongs to nobody itself and those it made.",
    access: "any",
    answer: answer(z.array(tokenSummarySchema), "The tokens, newest first."),
    problems: [],
  }),
  createToken: defineRoute({
    id: "createToken",
    method: "POST",
    path: "/api/auth/tokens",
    tag,
    summary: "Make a token; it is shown this once",
    description:
      "A token needs the scope tokens:write for this, gives no scope that it has not got itself, and is not outlived by what it makes.",
    access: "any",
    body: { kind: "json", schema: createTokenSchema, limit: "json_body_bytes" },
    answer: made(createdTokenSchema, "The token."),
    problems: ["insufficient_scope", "scope_exceeds_maker", "not_found", "too_many_tokens"],
  }),
  deleteToken: defineRoute({
    id: "deleteToken",
    method: "DELETE",
    path: "/api/auth/tokens/{token}",
    tag,
    summary: "Revoke a token",
    description:
      "It is good for nothing from the answer on. `current` names the one that asks, which needs no scope for it.",
    access: "any",
    answer: { kind: "empty", status: 204, description: "It is gone." },
    problems: ["insufficient_scope", "not_found", "conflict"],
  }),
  rotateToken: defineRoute({
    id: "rotateToken",
    method: "POST",
    path: "/api/auth/tokens/{token}/rotate",
    tag,
    summary: "Put a new token in a token's place; it is shown this once",
    description: "The old one is good for nothing from the answer on. Name, scopes and end stay.",
    access: "any",
    body: { kind: "json", schema: rotateTokenSchema, limit: "json_body_bytes", optional: true },
    answer: answer(createdTokenSchema, "The new token."),
    problems: ["insufficient_scope", "scope_exceeds_maker", "not_found", "conflict"],
  }),
  createWorkspaceToken: defineRoute({
    id: "createWorkspaceToken",
    method: "POST",
    path: "/api/workspaces/{workspace}/token",
    tag,
    summary: "Make a token like yours for another workspace that you are in; it is shown this once",
    description:
      "For a personal token with the scope tokens:write, which is bound to its own workspace. The new one has its name and its end, and of its scopes those that your role there has. It goes on when the first one is revoked.",
    access: "any",
    answer: made(createdTokenSchema, "The token, which is good in that workspace alone."),
    problems: ["insufficient_scope", "scope_exceeds_maker", "not_found", "too_many_tokens"],
  }),
  listServiceAccounts: defineRoute({
    id: "listServiceAccounts",
    method: "GET",
    path: "/api/auth/service-accounts",
    tag,
    summary: "List the workspace's service accounts",
    access: "workspace:read",
    answer: answer(z.array(serviceAccountSchema), "The service accounts, by name."),
    problems: [],
  }),
  createServiceAccount: defineRoute({
    id: "createServiceAccount",
    method: "POST",
    path: "/api/auth/service-accounts",
    tag,
    summary: "Make a service account for a program, such as CI",
    access: "members:write",
    body: { kind: "json", schema: createServiceAccountSchema, limit: "json_body_bytes" },
    answer: made(serviceAccountSchema, "The service account; it has no token yet."),
    problems: ["conflict", "scope_exceeds_maker", "too_many_service_accounts"],
  }),
  deleteServiceAccount: defineRoute({
    id: "deleteServiceAccount",
    method: "DELETE",
    path: "/api/auth/service-accounts/{service_account}",
    tag,
    summary: "Delete a service account with all its tokens",
    access: "members:write",
    answer: { kind: "empty", status: 204, description: "It is gone, and its tokens are good for nothing." },
    problems: ["not_found"],
  }),
} as const;
