import * as z from "zod";
import { defineRoute } from "../route.ts";
import {
  clientRequestQuerySchema,
  clientRequestSchema,
  connectedClientSchema,
  decideClientSchema,
  decidedClientSchema,
} from "./client.ts";

const tag = "Connected clients";
const json = <S extends z.ZodType>(schema: S, description: string) =>
  ({ kind: "json", status: 200, schema, description }) as const;

/** What a person does about the programs that act for them. The endpoints of OAuth itself have its own forms. */
export const oauthRoutes = {
  listConnectedClients: defineRoute({
    id: "listConnectedClients",
    method: "GET",
    path: "/api/account/clients",
    tag,
    summary: "List the clients that act for you",
    description: "Signed in: of all your workspaces. By a token of yours: of the token's workspace.",
    access: "any",
    answer: json(z.array(connectedClientSchema), "The clients, the newest first."),
    problems: ["account_only"],
  }),
  revokeConnectedClient: defineRoute({
    id: "revokeConnectedClient",
    method: "DELETE",
    path: "/api/account/clients/{client}",
    tag,
    summary: "Disconnect a client",
    description: "Every token of it is good for nothing from the answer on.",
    access: "any",
    answer: { kind: "empty", status: 204, description: "It is disconnected." },
    problems: ["account_only", "not_found"],
  }),
  getClientRequest: defineRoute({
    id: "getClientRequest",
    method: "GET",
    path: "/api/oauth/request",
    tag,
    summary: "Say what a client asks for, before it is let in",
    access: "any",
    query: clientRequestQuerySchema,
    answer: json(clientRequestSchema, "The request, in words."),
    problems: ["account_only", "client_request_invalid"],
  }),
  decideClientRequest: defineRoute({
    id: "decideClientRequest",
    method: "POST",
    path: "/api/oauth/request",
    tag,
    summary: "Let a client in, or turn it away",
    description:
      "Only a person who is signed in decides this. The choice of the workspace is theirs, not the client's.",
    access: "any",
    body: { kind: "json", schema: decideClientSchema, limit: "json_body_bytes" },
    answer: json(decidedClientSchema, "Where the browser goes."),
    problems: ["account_only", "client_request_invalid", "not_found", "public_url_unset"],
  }),
} as const;
