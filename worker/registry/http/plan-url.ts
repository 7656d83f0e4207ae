import { readTemplate } from "./read-template.ts";
import type { TemplatePart } from "./read-template.ts";

/** Where a request goes: what is settled, and what values decide. */
export interface UrlPlan {
  /** Scheme, host and port; no value decides any of it. */
  origin: string;
  segments: TemplatePart[][];
  /** Keys, each with its template. */
  query: [key: string, template: string][];
}

const PARTS = /^(https?):\/\/([^/?#]*)([^?#]*)(\?[^#]*)?(#.*)?$/i;

/** A literal of a query as what it means; one that is not well encoded means itself. */
function decode(text: string): string {
  const spaced = text.replaceAll("+", " ");
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}

/** Reads an address as it was written, with its variables filled in; a sentence where it cannot be one. Pure. */
export function planUrl(template: string): UrlPlan | string {
  const found = PARTS.exec(template);
  if (found === null) return "is no address that begins with http:// or https:// and a host";
  const [, scheme = "", authority = "", path = "", query = "", fragment] = found;
  if (authority.includes("{{"))
    return "takes its host from a parameter or a secret; a host stands in it or comes from a variable";
  if (fragment !== undefined) return "has a fragment (#), which no server is sent";
  if (/[@\\\s]/.test(authority) || !URL.canParse(`${scheme}://${authority}`)) return "names no host";
  if (/[\\\s]/.test(path.replaceAll(/\{\{[^{}]*\}\}/g, ""))) return "has a backslash or a space in its path";
  const segments = path === "" ? [[]] : path.slice(1).split("/").map(readTemplate);
  const flat = segments.flat();
  if (flat.some((part) => part.kind === "secret")) return "has a secret in its path; put it into a header";
  if (path.split("/").some((segment) => /^(?:\.|%2e){1,2}$/i.test(segment))) return "has . or .. in its path";
  const pairs = planQuery(query);
  return typeof pairs === "string"
    ? pairs
    : { origin: new URL(`${scheme}://${authority}`).origin, segments, query: pairs };
}

function planQuery(query: string): [string, string][] | string {
  const pairs: [string, string][] = [];
  for (const pair of query.slice(1).split("&")) {
    if (pair === "") continue;
    const cut = pair.indexOf("=");
    const key = cut < 0 ? pair : pair.slice(0, cut);
    if (key.includes("{{")) return "takes a query key from a parameter";
    const template = readTemplate(cut < 0 ? "" : pair.slice(cut + 1))
      .map((part) => (part.kind === "text" ? decode(part.text) : placeholderOf(part)))
      .join("");
    pairs.push([decode(key), template]);
  }
  return pairs;
}

/** A placeholder as an author writes it. Pure. */
export function placeholderOf(part: Exclude<TemplatePart, { kind: "text" }>): string {
  return part.kind === "secret" ? `{{secret:${part.name}}}` : `{{${part.name}}}`;
}
