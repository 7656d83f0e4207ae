import type { Json } from "#contract/json";
import type { Manifest } from "#contract/manifest/manifest";

/** A connection that a worker declares, and what it may call there. */
export interface WantedConnection {
  kind: "mcp" | "composio";
  /** Name of the connection, or the app's slug. */
  name: string;
  /** Address of the server, where the manifest says one. */
  url: string | null;
  /** Null: all that the connection itself allows. */
  allowed_tools: string[] | null;
  scope: "full" | "read_only";
  /** Whether a person approves each call. */
  approval: "never" | "always";
}

const textOf = (value: Json | undefined) => (typeof value === "string" ? value : null);
const mapOf = (value: Json | undefined): Record<string, Json> =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};

/** The connections that a worker declares, in one form. Pure. */
export function listWantedConnections({ connections }: Pick<Manifest, "connections">): WantedConnection[] {
  return connections.map((declared) => {
    const isServer = declared["mcp"] !== undefined;
    const of = { ...declared, ...mapOf(declared["mcp"]) };
    const tools = of["allowed_tools"];
    const name = isServer ? (textOf(of["label"]) ?? textOf(declared["mcp"])) : textOf(declared["app"]);
    return {
      kind: isServer ? "mcp" : "composio",
      name: (name ?? hostOf(textOf(of["url"]))).toLowerCase(),
      url: isServer ? textOf(of["url"]) : null,
      allowed_tools:
        Array.isArray(tools) && tools.length > 0 ? tools.filter((one) => typeof one === "string") : null,
      scope: (of["scope"] ?? of["scopes"]) === "read_only" ? "read_only" : "full",
      approval: of["require_approval"] === "always" ? "always" : "never",
    };
  });
}

/** What a server without a label is called. */
function hostOf(url: string | null): string {
  return URL.parse(url ?? "")?.hostname ?? "without-a-name";
}
