import type { Json } from "#contract/json";
import { entriesOf, follow, listOf, textOf } from "./read-document.ts";
import type { Node } from "./read-document.ts";

/** What an operation is sent so that the service knows who asks; secrets by their names. */
export interface Security {
  headers: Record<string, string>;
  query: Record<string, string>;
  secrets: string[];
}

const NOTHING: Security = { headers: {}, query: {}, secrets: [] };

/** The first way to sign in that the operation takes and is known here; null where there is only another. Pure. */
export function readSecurity(
  root: Node,
  { operation, worker }: { operation: Node; worker: string },
): Security | null {
  const demanded = operation["security"] ?? root["security"];
  const ways = listOf(demanded);
  if (ways.length === 0 || ways.some((way) => entriesOf(way).length === 0)) return NOTHING;
  const components = follow(root, root["components"]);
  const schemes = Object.fromEntries(
    entriesOf(components["securitySchemes"] ?? root["securityDefinitions"] ?? null),
  );
  for (const way of ways) {
    const read = entriesOf(way).map(([name]) => readScheme(root, { said: schemes[name], name, worker }));
    const known = read.filter((one) => one !== null);
    if (known.length === read.length) return known.reduce(together, NOTHING);
  }
  return null;
}

function together(all: Security, one: Security): Security {
  return {
    headers: { ...all.headers, ...one.headers },
    query: { ...all.query, ...one.query },
    secrets: [...all.secrets, ...one.secrets],
  };
}

function readScheme(
  root: Node,
  { said, name, worker }: { said: Json | undefined; name: string; worker: string },
): Security | null {
  const scheme = follow(root, said);
  const secret = `${worker}_${name}`
    .toUpperCase()
    .replaceAll(/[^A-Z0-9]+/g, "_")
    .slice(0, 100);
  const mark = `{{secret:${/^\d/.test(secret) ? `_${secret}` : secret}}}`;
  const secrets = [mark.slice("{{secret:".length, -2)];
  const key = textOf(scheme["name"]);
  const isKey = scheme["type"] === "apiKey" && /^[A-Za-z0-9_.[\]-]{1,100}$/.test(key);
  if (isKey && scheme["in"] === "header") return { headers: { [key]: mark }, query: {}, secrets };
  if (isKey && scheme["in"] === "query") return { headers: {}, query: { [key]: mark }, secrets };
  const isBearer =
    (scheme["type"] === "http" && textOf(scheme["scheme"]).toLowerCase() === "bearer") ||
    scheme["type"] === "oauth2" ||
    scheme["type"] === "openIdConnect";
  return isBearer ? { headers: { Authorization: `Bearer ${mark}` }, query: {}, secrets } : null;
}
