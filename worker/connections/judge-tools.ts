import * as z from "zod";
import type { ConnectionTool, ConnectionKind } from "#contract/connections/connection";
import type { Json } from "#contract/json";
import { canonicalJson } from "../platform/canonical-json.ts";
import { mayReadOnly } from "./composio-presets.ts";
import type { ConnectionSettings } from "./connection-settings.ts";

/** A tool as its server describes it, as far as anybody goes by it. */
export interface ListedTool {
  name: string;
  title: string | null;
  description: string;
  input_schema: Record<string, Json>;
  /** `readOnlyHint` and its like: what the server claims. */
  claims: Record<string, Json>;
}

/** A tool with what is remembered of it. */
export const keptToolSchema = z.object({
  name: z.string(),
  title: z.string().nullable(),
  description: z.string(),
  input_schema: z.record(z.string(), z.json()),
  claims: z.record(z.string(), z.json()),
  digest: z.string(),
  /** The digest that a person accepted; null where nobody has. */
  accepted: z.string().nullable(),
  accepted_at: z.number().nullable(),
  /** Whether its server lists it now. */
  listed: z.boolean(),
});
export type KeptTool = z.infer<typeof keptToolSchema>;

/** What the digest of a tool is taken of: all that a model or a person goes by. Pure. */
export function describeForDigest({ name, title, description, input_schema, claims }: ListedTool): string {
  return canonicalJson({ name, title, description, input_schema, claims });
}

/** What is kept of a tool after it was listed again. An accepted digest stays what it was until a person says otherwise. Pure. */
export function mergeTool(kept: KeptTool | undefined, listed: ListedTool & { digest: string }): KeptTool {
  return {
    ...listed,
    accepted: kept?.accepted ?? null,
    accepted_at: kept?.accepted_at ?? null,
    listed: true,
  };
}

/** How a tool stands to what was accepted. Pure. */
export function stateOf({ digest, accepted, listed }: KeptTool): ConnectionTool["state"] {
  if (!listed) return "gone";
  if (accepted === null) return "new";
  return accepted === digest ? "accepted" : "changed";
}

/** What a server claims of a tool, in words; null for nothing. Pure. */
function claimsOf({ claims }: Pick<ListedTool, "claims">): string | null {
  const words = [
    claims["readOnlyHint"] === true ? "read_only" : "",
    claims["destructiveHint"] === true && claims["readOnlyHint"] !== true ? "destructive" : "",
    claims["idempotentHint"] === true ? "idempotent" : "",
  ].filter((word) => word !== "");
  return words.length === 0 ? null : words.join(", ");
}

/** That a tool only reads its server claims; it counts from when a person has accepted the tool with that claim. Pure. */
export function effectOf(tool: KeptTool): "read" | "write" {
  return stateOf(tool) === "accepted" && tool.claims["readOnlyHint"] === true ? "read" : "write";
}

/** Whether the settings of a connection let a tool be called at all. Pure. */
export function isAllowed(
  tool: Pick<KeptTool, "name" | "claims">,
  { allowed_tools, scope, composio }: Pick<ConnectionSettings, "allowed_tools" | "scope" | "composio">,
): boolean {
  const isListed = allowed_tools === null || allowed_tools.includes(tool.name);
  if (scope === "full" || !isListed) return isListed;
  if (composio !== null) return mayReadOnly(composio.app, tool.name);
  return tool.claims["readOnlyHint"] === true;
}

const MOST_CHARACTERS = 64;

/**
 * `<connection>__<tool>` in the letters that every model takes, at most 64, and unique within the connection: where two
 * would be alike, or one is too long, eight characters made of the name stand at its end. Pure.
 */
export function nameTools(connection: string, names: readonly string[]): Map<string, string> {
  const plain = names.map((name) => `${connection}__${name.replaceAll(/[^A-Za-z0-9_-]/g, "_")}`);
  const counts = new Map<string, number>();
  for (const name of plain) counts.set(name, (counts.get(name) ?? 0) + 1);
  const taken = new Set<string>();
  const full = new Map<string, string>();
  for (const [index, name] of names.entries()) {
    const wanted = plain[index] ?? name;
    let chosen = wanted;
    for (
      let round = 0;
      chosen.length > MOST_CHARACTERS || counts.get(chosen) !== 1 || taken.has(chosen);
      round += 1
    ) {
      chosen = `${wanted.slice(0, MOST_CHARACTERS - 9)}_${fingerprint(`${name}#${round}`)}`;
      if (!counts.has(chosen)) counts.set(chosen, 1);
    }
    taken.add(chosen);
    full.set(name, chosen);
  }
  return full;
}

/** Eight characters of a text: FNV-1a. Pure. */
function fingerprint(text: string): string {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, "0");
}

/** Tools as people, agents and the gate see them. Pure. */
export function describeTools(
  kept: readonly KeptTool[],
  of: { name: string; kind: ConnectionKind; settings: ConnectionSettings },
): ConnectionTool[] {
  const full = nameTools(
    of.name,
    kept.map(({ name }) => name),
  );
  return kept.map((tool) => ({
    name: tool.name,
    full_name: full.get(tool.name) ?? tool.name,
    title: tool.title,
    description: tool.description,
    input_schema: tool.input_schema,
    effect: effectOf(tool),
    claims: claimsOf(tool),
    allowed: isAllowed(tool, of.settings),
    state: stateOf(tool),
    digest: tool.digest,
    accepted_at: tool.accepted_at === null ? null : new Date(tool.accepted_at).toISOString(),
  }));
}

/** What stands against a call of a tool; null for nothing. Pure. */
export function findObstacle(
  tool: KeptTool | undefined,
  of: { name: string; tool: string; settings: ConnectionSettings },
): { code: string; message: string } | null {
  const { settings } = of;
  if (!settings.enabled)
    return { code: "connection_disabled", message: `The connection ${of.name} is switched off.` };
  const place = `\`floom connections tools ${of.name}\``;
  if (settings.allowed_tools !== null && !settings.allowed_tools.includes(of.tool))
    return {
      code: "tool_outside_declared_connections",
      message: `The connection ${of.name} does not allow the tool ${of.tool}.`,
    };
  if (tool === undefined || !tool.listed)
    return {
      code: "tool_unknown",
      message: `The connection ${of.name} has no tool ${of.tool}: see ${place}.`,
    };
  if (stateOf(tool) === "changed")
    return {
      code: "tool_changed",
      message: `The tool ${of.tool} of ${of.name} is another than the one that was accepted. A person reads it again and accepts it: \`floom connections pin ${of.name}\`.`,
    };
  if (isAllowed(tool, settings)) return null;
  const code =
    settings.composio === null ? "tool_outside_connection_scope" : "tool_blocked_by_read_only_policy";
  return {
    code,
    message: `The connection ${of.name} is read_only, and ${of.tool} is not known to change nothing.`,
  };
}
