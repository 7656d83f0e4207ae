import { join } from "node:path";
import { parseTree } from "jsonc-parser";
import type { Node, ParseError } from "jsonc-parser";
import { editToml } from "./edit-toml.ts";
import { removeMember, setMember } from "./set-member.ts";

/** What a client starts. */
export interface Entry {
  command: string;
  args: string[];
}

export type Target = "claude" | "cursor" | "vscode" | "windsurf" | "continue" | "codex" | "generic";

/** Some editors begin a file with it. */
const BYTE_ORDER_MARK = "\uFEFF";
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
  const mark = text.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK : "";
  const plain = text.slice(mark.length);
  const edited = target === "codex" ? editToml(plain, entry) : editJson(target, plain, entry);
  return edited === null ? null : `${mark}${edited}`;
}

function editJson(target: Target, text: string, entry: Entry | null): string | null {
  const before = text.trim() === "" ? "{}\n" : text;
  const errors: ParseError[] = [];
  const tree = parseTree(before, errors, { allowTrailingComma: true });
  if (errors.length > 0 || tree?.type !== "object") return null;
  const servers = target === "vscode" ? "servers" : "mcpServers";
  const group = onlyMember(tree, servers);
  // Of two of one name a client reads the other one, and what is no object has no members.
  if (group === null || (group !== undefined && group.type !== "object")) return null;
  if (group !== undefined && onlyMember(group, NAME) === null) return null;
  const isTyped = target === "vscode" || target === "claude";
  if (entry === null) return removeMember(before, [servers, NAME]);
  return setMember(before, [servers, NAME], { ...(isTyped ? { type: "stdio" } : {}), ...entry });
}

/** The value of a member; undefined where there is none, null where there are several of its name. */
function onlyMember(object: Node, name: string): Node | undefined | null {
  const found = (object.children ?? []).filter(({ children }) => children?.[0]?.value === name);
  return found.length > 1 ? null : found[0]?.children?.[1];
}

/** The entry as a client's documentation shows one, for any client. Pure. */
export function showEntry(entry: Entry): string {
  return JSON.stringify({ mcpServers: { [NAME]: entry } }, null, 2);
}
