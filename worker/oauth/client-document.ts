import * as z from "zod";

/** An address that is the id of a client: what stands there describes it (client id metadata documents). Pure. */
export function isClientAddress(clientId: string, { allowLoopback }: { allowLoopback: boolean }): boolean {
  const url = URL.parse(clientId);
  if (url === null || url.href !== clientId) return false;
  if (url.protocol !== "https:" && !(allowLoopback && url.protocol === "http:")) return false;
  return url.pathname !== "/" && url.hash === "" && url.username === "" && url.password === "";
}

/** What a client says of itself that is taken up: nothing of it is ever dialled. */
const describedSchema = z.object({
  redirect_uris: z.array(z.string().max(2000)).min(1).max(20),
  client_name: z.string().max(200).exactOptional(),
  client_uri: z.string().max(2000).exactOptional(),
  application_type: z.enum(["web", "native"]).exactOptional(),
  grant_types: z.array(z.string().max(100)).max(20).exactOptional(),
  software_id: z.string().max(200).exactOptional(),
  software_version: z.string().max(200).exactOptional(),
});

const documentSchema = describedSchema.extend({
  client_id: z.string(),
  token_endpoint_auth_method: z.literal("none").default("none"),
});
export type ClientDocument = Completed<z.infer<typeof documentSchema>>;

const registrationSchema = describedSchema.extend({
  token_endpoint_auth_method: z.enum(["none", "client_secret_basic", "client_secret_post"]).default("none"),
});
export type ClientRegistration = Completed<z.infer<typeof registrationSchema>>;

type Completed<T> = T & {
  grant_types: string[];
  response_types: "code"[];
  application_type: "web" | "native";
};

const GRANTS = ["authorization_code", "refresh_token"];

/** Grants that this server knows, and the kind of program where it does not say: one that is sent back to this machine. */
function complete<T extends z.infer<typeof describedSchema>>(described: T): Completed<T> {
  const known = described.grant_types?.filter((grant) => GRANTS.includes(grant)) ?? GRANTS;
  return {
    ...described,
    grant_types: known,
    response_types: ["code"],
    application_type: described.application_type ?? kindOf(described.redirect_uris),
  };
}

function kindOf(redirectUris: readonly string[]): "web" | "native" {
  return redirectUris.every((uri) => URL.parse(uri)?.protocol === "https:") ? "web" : "native";
}

/**
 * The document that stands at `address`; null where it is none, is another client's, or wants to show who it is by
 * something that is not in it. Pure.
 */
export function readClientDocument(text: string, address: string): ClientDocument | null {
  const parsed = documentSchema.safeParse(parseJson(text));
  return parsed.success && parsed.data.client_id === address ? complete(parsed.data) : null;
}

/** What a client that registers itself says; null where that is no registration. Pure. */
export function readRegistration(text: string): ClientRegistration | null {
  const parsed = registrationSchema.safeParse(parseJson(text));
  return parsed.success ? complete(parsed.data) : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
