import * as z from "zod";
import type { Json } from "#contract/json";
import { httpMethods } from "#contract/manifest/http-tool";

const pairsSchema = z.array(z.tuple([z.string(), z.string()]));

/** Where a secret stands in a request: the way to a text, and where in that text its placeholder begins. */
const secretPlaceSchema = z.object({
  name: z.string(),
  steps: z.array(z.union([z.string(), z.int()])),
  at: z.int().nonnegative(),
});
export type SecretPlace = z.infer<typeof secretPlaceSchema>;

/**
 * A request as exactly it will be sent, but for the secrets, which stand in it by name. What came in as an argument can look like
 * one and is none: only `secrets` says where they go.
 */
export const httpRequestSchema = z.object({
  method: z.enum(httpMethods),
  /** Scheme, host and path. */
  url: z.string(),
  query: pairsSchema,
  headers: pairsSchema,
  body: z
    .discriminatedUnion("kind", [
      z.object({ kind: z.literal("json"), value: z.json() }),
      z.object({ kind: z.enum(["form", "multipart"]), fields: pairsSchema }),
    ])
    .nullable(),
  secrets: z.array(secretPlaceSchema),
});
export type HttpRequest = z.infer<typeof httpRequestSchema>;

/** Why a request cannot be sent; safe to show. */
export interface Fault {
  fault: string;
  pointer?: string;
}

export function isFault(value: object): value is Fault {
  return "fault" in value;
}

const CONTROL = /[\u0000-\u0008\u000a-\u001f\u007f]/;

/** Whether a text can be a header's value: one line of Latin-1. Pure. */
export function isHeaderText(text: string): boolean {
  return !CONTROL.test(text) && /^[\u0000-\u00ff]*$/.test(text) && text.trim() === text;
}

/** The request with its secrets in their places; a fault where one is not there or would break the request. Pure. */
export function insertSecrets(
  request: HttpRequest,
  credentials: Readonly<Record<string, string>>,
): HttpRequest | Fault {
  const copy = structuredClone(request);
  const lastFirst = request.secrets.toSorted((a, b) => b.at - a.at);
  for (const { name, steps, at } of lastFirst) {
    const value = Object.hasOwn(credentials, name) ? credentials[name] : undefined;
    if (value === undefined || value === "") return { fault: `The secret ${name} was not given.` };
    const mark = `{{secret:${name}}}`;
    const isChanged = changeText(copy, steps, (text) =>
      text.startsWith(mark, at) ? text.slice(0, at) + value + text.slice(at + mark.length) : null,
    );
    if (!isChanged) return { fault: `The request has no place for the secret ${name}.` };
  }
  const broken = copy.headers.find(([, text]) => !isHeaderText(text));
  return broken === undefined
    ? { ...copy, secrets: [] }
    : { fault: `The secret in the header ${broken[0]} cannot stand in a header.` };
}

/** Changes the text at the end of a way; false where there is none, or where nothing is made of it. */
function changeText(
  root: { [key: string]: unknown },
  steps: readonly (string | number)[],
  change: (text: string) => string | null,
): boolean {
  let at: unknown = root;
  for (const step of steps.slice(0, -1)) at = memberOf(at, step);
  const last = steps.at(-1);
  if (last === undefined || typeof at !== "object" || at === null) return false;
  const text = memberOf(at, last);
  const changed = typeof text === "string" ? change(text) : null;
  if (changed === null) return false;
  Object.assign(at, { [last]: changed });
  return true;
}

function memberOf(value: unknown, step: string | number): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined;
  return Object.getOwnPropertyDescriptor(value, step)?.value;
}

/** As the gate keeps and shows it. Pure. */
export function toShown(request: HttpRequest): Json {
  return { ...request, secrets: request.secrets.map((place) => ({ ...place })) };
}
