import * as z from "zod";
import type { ToolDescriptor } from "./tool-source.ts";
import { outputOf } from "./schemas/tool-output.ts";
import { toSchema } from "./tool-arguments.ts";

/** So many are told: more is a list, and a list is what there were too many for. */
const MOST_FOUND = 20;

/** What `worker_search` takes. */
export const searchArgs = z.strictObject({
  query: z
    .string()
    .max(400)
    .default("")
    .describe("Words; all of them are looked for. The workers changed last when left out."),
});

const foundForm = z.object({
  total: z.int().describe("How many have all the words."),
  workers: z.array(
    z.object({
      tool: z.string(),
      title: z.string(),
      description: z.string(),
      input_schema: z.record(z.string(), z.json()),
    }),
  ),
  next: z.string().optional(),
});

/** How one looks for a worker where there are too many to list. */
export const SEARCH_TOOL: ToolDescriptor = {
  name: "worker_search",
  title: "Search workers",
  description: `Find workers by words of their name, title, description and tags: the ${MOST_FOUND} best. There are too many to list each as a tool: what is found here can be called by the tool name that it is given with.`,
  inputSchema: { ...z.record(z.string(), z.json()).parse(toSchema(searchArgs)), type: "object" },
  outputSchema: outputOf(foundForm),
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
};

/** A worker's tool as it is looked for. */
export interface Findable {
  name: string;
  title: string;
  text: string;
  tags: readonly string[];
  /** Milliseconds since 1970. */
  changedAt: number;
}

/**
 * The best of those that have all words somewhere, and how many have: what stands in the name counts before what stands
 * in the title or a tag, and that before any other text. Without words the newest. Pure.
 */
export function searchTools<T extends Findable>(
  all: readonly T[],
  query: string,
): { found: T[]; total: number } {
  const words = query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  const ranked = all
    .map((tool) => ({ tool, ranks: words.map((word) => rankOf(tool, word)) }))
    .filter(({ ranks }) => ranks.every((rank) => rank < Infinity))
    .map(({ tool, ranks }) => ({ tool, rank: ranks.reduce((sum, one) => sum + one, 0) }))
    .toSorted((a, b) => a.rank - b.rank || b.tool.changedAt - a.tool.changedAt);
  return { found: ranked.slice(0, MOST_FOUND).map(({ tool }) => tool), total: ranked.length };
}

function rankOf({ name, title, text, tags }: Findable, word: string): number {
  if (name.toLowerCase() === word) return 0;
  if (name.toLowerCase().includes(word)) return 1;
  if (title.toLowerCase().includes(word) || tags.some((tag) => tag.toLowerCase() === word)) return 10;
  return text.toLowerCase().includes(word) || tags.some((tag) => tag.toLowerCase().includes(word))
    ? 100
    : Infinity;
}
