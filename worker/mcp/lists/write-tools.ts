import type { McpCaller } from "../caller.ts";
import type { ToolDescriptor, ToolSource } from "../tool-source.ts";
import { ListCache } from "./list-cache.ts";
import type { WrittenList } from "./list-cache.ts";
import { listKey } from "./list-key.ts";

/** The tools that a caller is shown, by name, as one JSON array. */
export type WriteTools = (caller: McpCaller, shape?: ListShape) => Promise<WrittenList>;

/** How a tool is told to clients of one kind, and what that kind is called. */
export interface ListShape {
  name: string;
  tell: (tool: ToolDescriptor) => object;
}

const asItIs: ListShape = { name: "", tell: (tool) => tool };

/**
 * Writes the list of tools once for each change of a workspace and each who sees something else in it, not once for each
 * request: what may have changed is asked for every time, with one small query, so that a worker that was deployed just
 * now is a tool just now, in every isolate.
 */
export function openToolList(sources: readonly ToolSource[]): WriteTools {
  const cache = new ListCache();
  return async (caller, shape = asItIs) => {
    const key = `${listKey(caller)}|${shape.name}`;
    const mark = await caller.readMark();
    const known = cache.find(key, mark);
    if (known !== undefined) return known;
    const lists = await Promise.all(sources.map((source) => source.list(caller)));
    const tools = lists.flat().toSorted((a, b) => (a.name < b.name ? -1 : 1));
    const text = JSON.stringify(tools.map((tool) => shape.tell(tool)));
    const written = { text, bytes: new TextEncoder().encode(text) };
    // What changed meanwhile may be in the list or not; it is kept for neither mark.
    if ((await caller.readMark()) === mark) cache.keep(key, mark, written);
    return written;
  };
}
