import * as z from "zod";
import type { Json } from "#contract/json";
import { canonicalJson } from "../platform/canonical-json.ts";
import { isObject } from "../registry/actions/compile-schema.ts";

/** What happened in an app, as Composio tells it. */
export interface AppEvent {
  /** What is compared with the trigger's event. */
  name: string;
  /** Whose account it is at Composio: the workspace, by whose name accounts are made there. */
  user: string;
  account: string;
  data: { [name: string]: Json };
}

const data = z.record(z.string(), z.json());
/** Version 3 of its messages. */
const newSchema = z.object({
  metadata: z.object({ trigger_slug: z.string(), connected_account_id: z.string(), user_id: z.string() }),
  data,
});
/** The versions before: the facts stand among the event's own. */
const oldSchema = z.object({
  type: z.string(),
  data: z.intersection(data, z.object({ connection_nano_id: z.string(), user_id: z.string() })),
});

/** Reads a message of Composio's; null for one that tells of no event. Pure. */
export function readAppEvent(body: Json | undefined): AppEvent | null {
  const now = newSchema.safeParse(body);
  if (now.success) {
    const { metadata, data: told } = now.data;
    const { trigger_slug, user_id, connected_account_id } = metadata;
    return { name: plainName(trigger_slug), user: user_id, account: connected_account_id, data: told };
  }
  const old = oldSchema.safeParse(body);
  if (!old.success) return null;
  const { type, data: told } = old.data;
  return { name: plainName(type), user: told.user_id, account: told.connection_nano_id, data: told };
}

/** `gmail.new_message`, `GMAIL_NEW_MESSAGE` and `gmail-new-message` are the same event. Pure. */
export function plainName(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "_");
}

/** Whether the event has every value that a trigger asks for; a name with dots is a path. Pure. */
export function fitsFilters(event: Pick<AppEvent, "data">, filters: Readonly<Record<string, Json>>): boolean {
  return Object.entries(filters).every(([path, wanted]) => {
    const found = valueAt(event.data, path);
    return found !== undefined && canonicalJson(found) === canonicalJson(wanted);
  });
}

function valueAt(told: Json, path: string): Json | undefined {
  let value: Json | undefined = told;
  for (const step of path.split(".")) {
    if (!isObject(value) || !Object.hasOwn(value, step)) return undefined;
    value = value[step];
  }
  return value;
}
