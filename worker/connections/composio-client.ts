import * as z from "zod";
import { readForeignJson } from "#contract/json";
import type { Json } from "#contract/json";
import { limits } from "#contract/limits";
import { readAtMost } from "../platform/bytes.ts";
import type { Dial } from "../platform/network/dial-client.ts";
import { ANSWER_BYTES } from "./guarded-fetch.ts";
import { appSlug, mayReadOnly } from "./composio-presets.ts";
import type { ListedTool } from "./judge-tools.ts";

/** Where Composio is, and the key of this server there. */
export interface ComposioAccess {
  apiUrl: string;
  apiKey: string;
  dial: Dial;
}

/** Composio said no, or nothing that can be read. `status`: 0 where nothing came back. */
export class ComposioFault extends Error {
  readonly status: number;
  constructor(message: string, status: number, options?: { cause: unknown }) {
    super(message, options);
    this.name = "ComposioFault";
    this.status = status;
  }
}

const linkSchema = z.object({ redirect_url: z.string(), connected_account_id: z.string() });
const accountSchema = z.object({ status: z.string(), toolkit: z.object({ slug: z.string() }) });
const configsSchema = z.object({ items: z.array(z.object({ id: z.string() })) });
const newConfigSchema = z.object({ auth_config: z.object({ id: z.string() }) });
const toolsSchema = z.object({
  items: z.array(
    z.object({
      slug: z.string(),
      name: z.string().nullish(),
      description: z.string().nullish(),
      input_parameters: z.record(z.string(), z.json()).nullish(),
    }),
  ),
  next_cursor: z.string().nullish(),
});
const executedSchema = z.object({
  successful: z.boolean(),
  data: z.json().optional(),
  error: z.json().nullish(),
});
const faultSchema = z.object({ error: z.union([z.string(), z.object({ message: z.string() })]) });

/** One request of Composio's REST API, version 3 (https://docs.composio.dev/api-reference). */
async function ask<T>(
  { apiUrl, apiKey, dial }: ComposioAccess,
  {
    method,
    path,
    body,
    schema,
    seconds,
  }: { method: string; path: string; body?: Json; schema: z.ZodType<T>; seconds?: number },
): Promise<T> {
  const signal = AbortSignal.timeout((seconds ?? limits.connection_seconds.value) * 1000);
  const answer = await dial(`${apiUrl.replace(/\/+$/, "")}/api/v3${path}`, {
    method,
    signal,
    headers: {
      "x-api-key": apiKey,
      accept: "application/json",
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    redirect: "manual",
  }).catch((cause: unknown) => {
    throw new ComposioFault("Composio cannot be reached.", 0, { cause });
  });
  const bytes =
    answer.body === null ? new Uint8Array() : await readAtMost(answer.body.values(), ANSWER_BYTES);
  const { json } = readForeignJson(bytes === null ? "" : new TextDecoder().decode(bytes));
  if (!answer.ok) {
    const told = faultSchema.safeParse(json);
    const { error } = told.success ? told.data : { error: "" };
    const message = typeof error === "string" ? error : error.message;
    throw new ComposioFault(
      `Composio answers ${answer.status}${message === "" ? "" : `: ${message.slice(0, 300)}`}`,
      answer.status,
    );
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new ComposioFault("Composio answers something else than its API says.", answer.status, {
    cause: parsed.error,
  });
}

/** A link at which a person signs in to an app; `user` is whose it is there. */
export async function linkAccount(
  access: ComposioAccess,
  of: { app: string; authConfig: string | null; user: string; callbackUrl: string },
): Promise<{ url: string; connected_account_id: string }> {
  const auth_config_id = of.authConfig ?? (await chooseAuthConfig(access, of.app));
  const link = await ask(access, {
    method: "POST",
    path: "/connected_accounts/link",
    body: { auth_config_id, user_id: of.user, callback_url: of.callbackUrl },
    schema: linkSchema,
  });
  return { url: link.redirect_url, connected_account_id: link.connected_account_id };
}

async function chooseAuthConfig(access: ComposioAccess, app: string): Promise<string> {
  const slug = appSlug(app);
  const path = `/auth_configs?${new URLSearchParams({ toolkit_slug: slug }).toString()}`;
  const [known] = (await ask(access, { method: "GET", path, schema: configsSchema })).items;
  if (known !== undefined) return known.id;
  const body = { toolkit: { slug }, auth_config: { type: "use_composio_managed_auth" } };
  const made = await ask(access, { method: "POST", path: "/auth_configs", body, schema: newConfigSchema });
  return made.auth_config.id;
}

/** How a connected account stands, in capital letters: ACTIVE, INITIATED, EXPIRED, ... */
export async function getAccountStatus(access: ComposioAccess, id: string): Promise<string> {
  const path = `/connected_accounts/${encodeURIComponent(id)}`;
  return (await ask(access, { method: "GET", path, schema: accountSchema })).status.toUpperCase();
}

/** Forgets an account there; one that is gone already is gone. */
export async function deleteAccount(access: ComposioAccess, id: string): Promise<void> {
  const path = `/connected_accounts/${encodeURIComponent(id)}`;
  await ask(access, { method: "DELETE", path, schema: z.unknown() }).catch((error: unknown) => {
    if (!(error instanceof ComposioFault) || error.status !== 404) throw error;
  });
}

/** The actions of an app, up to the most that are kept of a connection. */
export async function listActions(access: ComposioAccess, app: string): Promise<ListedTool[]> {
  const found: ListedTool[] = [];
  let cursor: string | undefined;
  do {
    const query = new URLSearchParams({
      toolkit_slug: appSlug(app),
      limit: "100",
      ...(cursor === undefined ? {} : { cursor }),
    });
    const page = await ask(access, {
      method: "GET",
      path: `/tools?${query.toString()}`,
      schema: toolsSchema,
    });
    for (const { slug, name, description, input_parameters } of page.items)
      found.push({
        name: slug,
        title: name ?? null,
        description: description ?? "",
        input_schema: input_parameters ?? { type: "object" },
        claims: mayReadOnly(app, slug) ? { readOnlyHint: true } : {},
      });
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined && found.length < limits.connection_tools.value);
  return found.slice(0, limits.connection_tools.value);
}

/** Carries an action out. */
export function executeAction(
  access: ComposioAccess,
  of: { tool: string; accountId: string; user: string; args: Json },
): Promise<z.infer<typeof executedSchema>> {
  return ask(access, {
    method: "POST",
    path: `/tools/execute/${encodeURIComponent(of.tool)}`,
    body: { connected_account_id: of.accountId, user_id: of.user, arguments: of.args },
    schema: executedSchema,
    seconds: limits.connection_call_seconds.value,
  });
}
