import { limits } from "#contract/limits";
import type { Json } from "#contract/json";
import { MASK, Masker } from "../platform/redaction/masker.ts";

const HIDDEN = "(hidden)";
const MOST_CHARACTERS = 128;
const MOST_ITEMS = 20;
const MOST_DEPTH = 6;
/** Shorter ones stand in too many words to be looked for. */
const LEAST_SECRET = 6;

/** Names of what nobody may read again, in any spelling and as part of a longer name. */
const SECRET_NAME =
  /secret|token|passw|passphrase|credential|authorization|cookie|signature|signing|private|api[-_]?key|access[-_]?key|client[-_]?key|^key$|^value$|^values$|^code$|^otp$|^pin$|^session/i;
/** A name as above that says which secret, not what it holds. */
const NAMES_ONLY = /^(?:secrets?|secret_names?|idempotency_key|token_ids?|secret_ids?)$/i;
/** What people and scripts put in: it may hold anything, and its own record keeps it. */
const CONTENT =
  /^(?:inputs?|input_values|outputs?|edited_output|files?|content|contents|data|env|headers?|payload|body|preview_payload|.*_(?:py|js|sh|yml|yaml|md))$/i;
/** What is a credential by its look, wherever it stands. Sources: the formats' own prefixes. */
const SECRET_LOOK =
  /flm_[a-z]+_\w+|wrt_[\w-]+\.\w+|\b(?:sk|pk|rk)[-_](?:live|test|proj|ant)?[-_]?\w{16,}|\bgh[pousr]_\w{20,}|github_pat_\w+|\bxox[abprs]-[\w-]+|\bAKIA\w{16}|\bAIza[\w-]{30,}|\beyJ[\w-]+\.[\w-]+\.[\w-]*|-----BEGIN [^-]+-----[^]*|\b(?:bearer|basic) +[\w.~+/=-]{8,}/gi;

/**
 * What may be kept for long of a request's body: names, switches, numbers and short texts. By their names at any depth
 * secrets are hidden, and content is told by its size; wherever else in the body a value of a secret stands it is masked,
 * and so is what looks like a credential. Of an address only the origin stays: the rest of it may be a key. Pure.
 */
export function redactBody(body: unknown): Json {
  const secrets: string[] = [];
  collectSecrets(body, secrets);
  const shown = show(body, 0);
  const masked = new Masker(secrets).json(shown);
  const characters = JSON.stringify(masked).length;
  return characters <= limits.audit_detail_bytes.value ? masked : `(${characters} characters)`;
}

function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name) && !NAMES_ONLY.test(name);
}

/** Every text below a secret's name, to be found where else it stands. */
function collectSecrets(value: unknown, found: string[], within = false): void {
  if (typeof value === "string" && within && value.length >= LEAST_SECRET) found.push(value);
  if (typeof value === "number" && within && String(value).length >= LEAST_SECRET) found.push(String(value));
  if (typeof value !== "object" || value === null) return;
  for (const [name, item] of Object.entries(value))
    collectSecrets(item, found, within || (!Array.isArray(value) && isSecretName(name)));
}

function show(value: unknown, depth: number): Json {
  if (typeof value === "string") return showText(value);
  if (typeof value === "number" || typeof value === "boolean" || value === null) return value;
  if (typeof value !== "object") return null;
  if (depth >= MOST_DEPTH) return "(deeper)";
  if (Array.isArray(value)) {
    const shown = value.slice(0, MOST_ITEMS).map((item) => show(item, depth + 1));
    return value.length > MOST_ITEMS ? shown.concat(`(and ${value.length - MOST_ITEMS} more)`) : shown;
  }
  const entries = Object.entries(value);
  const shown = entries
    .slice(0, MOST_ITEMS)
    .map(([name, item]): [string, Json] => [showText(name), showMember(name, item, depth)]);
  return Object.fromEntries(shown);
}

function showMember(name: string, value: unknown, depth: number): Json {
  if (value === null || typeof value === "boolean") return value;
  if (isSecretName(name)) return HIDDEN;
  if (CONTENT.test(name)) return `(${JSON.stringify(value)?.length ?? 0} characters)`;
  return show(value, depth + 1);
}

function showText(text: string): string {
  if (text.length > MOST_CHARACTERS) return `(${text.length} characters)`;
  const origins = text.replaceAll(/\b([a-z][a-z0-9+.-]*:)\/\/(?:[^\s/@]*@)?([^\s/?#]*)\S*/gi, "$1//$2");
  return origins.replaceAll(SECRET_LOOK, MASK);
}
