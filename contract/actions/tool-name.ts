import type { Manifest } from "../manifest/manifest.ts";
import type { ActionDefinition } from "./action.ts";
import { actionsOf } from "./actions-of.ts";

/** The most characters that a tool's name may have (MCP). */
const LONGEST = 64;

/**
 * What the tool of an action is called: the worker's name where it is the only action, else both. Letters, digits, `_`
 * and `-`, at most 64; a name that is cut for that keeps a mark of all of it. Pure.
 */
export function toolName(worker: string, action: string, isOnly: boolean): string {
  if (isOnly) return worker.slice(0, LONGEST);
  const whole = `${worker}__${action}`;
  if (whole.length <= LONGEST) return whole;
  const mark = markOf(whole);
  return `${worker.slice(0, Math.max(1, LONGEST - action.length - mark.length - 3))}-${mark}__${action}`;
}

/** Whether a tool's name is so long that it may have been cut, and does not say its worker's. Pure. */
export const mayBeCut = (tool: string): boolean => tool.length >= LONGEST;

/** FNV-1a, as six characters: enough to tell names apart that begin alike. */
function markOf(text: string): string {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return hash.toString(36).padStart(6, "0").slice(-6);
}

/** What a worker's tools are called by: its name, or the one that its worker.yml gives them. Pure. */
export function toolStem({ name, mcp }: Pick<Manifest, "name" | "mcp">): string {
  return mcp?.name ?? name;
}

/** One action of a worker, and what its tool is called. */
export interface NamedTool {
  tool: string;
  action: ActionDefinition;
}

/** The tools of a worker, each by the name that its worker.yml gives the action, else by the worker's. Pure. */
export function toolsOf(
  manifest: Parameters<typeof actionsOf>[0] & Pick<Manifest, "name" | "mcp">,
): NamedTool[] {
  const own = new Map(Object.entries(manifest.mcp?.actions ?? {}));
  const actions = actionsOf(manifest);
  return actions.map((action) => ({
    tool: own.get(action.name) ?? toolName(toolStem(manifest), action.name, actions.length === 1),
    action,
  }));
}
