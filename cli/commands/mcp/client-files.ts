import { join } from "node:path";
import { parseTree } from "jsonc-parser";
import type { ParseError } from "jsonc-parser";
import { removeMember, setMember } from "./set-member.ts";

/** What a client starts. */
export interface Entry {
  command: string;
  args: string[];
}

export type Target = "claude" | "cursor" | "vscode" | "windsurf" | "continue" | "codex" | "generic";

/** By this name clients know it. */
const NAME = "floom";

/** Where a client keeps its servers; null for one whose file is not known. Pure. */
export function fileOf(target: Target, { homeDir, cwd }: { homeDir: string; cwd: string }): string | null {
  switch (target) {
    case "claude":
      return join(homeDir, ".claude.json");
    case "cursor":
      return join(homeDir, ".cursor", "mcp.json");
    case "windsurf":
      return join(homeDir, ".codeium", "windsurf", "mcp_config.json");
    case "vscode":
      return join(cwd, ".vscode", "mcp.json");
    case "continue":
      // Continue reads every file of this folder, also one as other clients write it.
      return join(cwd, ".continue", "mcpServers", "floom.json");
    case "codex":
      return join(homeDir, ".codex", "config.toml");
    case "generic":
      return null;
  }
}

/**
 * The text of a client's file with the entry, or without it where `entry` is null; all else in it stays as it is,
 * comments too. Null where the text cannot be read, and so cannot be kept. Pure.
 */
export function editFile(target: Target, text: string, entry: Entry | null): string | null {
  return target === "codex" ? editToml(text, entry) : editJson(target, text, entry);
}

function editJson(target: Target, text: string, entry: Entry | null): string | null {
  const before = text.trim() === "" ? "{}\n" : text;
  const errors: ParseError[] = [];
  const tree = parseTree(before, errors, { allowTrailingComma: true });
  if (errors.length > 0 || tree?.type !== "object") return null;
  const servers = target === "vscode" ? "servers" : "mcpServers";
  const isTyped = target === "vscode" || target === "claude";
  if (entry === null) return removeMember(before, [servers, NAME]);
  return setMember(before, [servers, NAME], { ...(isTyped ? { type: "stdio" } : {}), ...entry });
}

/** From the head of our table to the next one. */
const OWN_TABLE = /^\[mcp_servers\.floom\][^\n]*\n(?:(?!\[)[^\n]*\n?)*/m;

function editToml(text: string, entry: Entry | null): string {
  const others = text.replace(OWN_TABLE, "").replace(/\n{3,}/g, "\n\n");
  if (entry === null) return others;
  // A string of JSON is one of TOML.
  const table = `[mcp_servers.${NAME}]\ncommand = ${JSON.stringify(entry.command)}\nargs = ${JSON.stringify(entry.args)}\n`;
  return others.trim() === "" ? table : `${others.trimEnd()}\n\n${table}`;
}

/** The entry as a client's documentation shows one, for any client. Pure. */
export function showEntry(entry: Entry): string {
  return JSON.stringify({ mcpServers: { [NAME]: entry } }, null, 2);
}
