import * as z from "zod";
import type { Manifest } from "#contract/manifest/manifest";
import type { Predicate } from "./context-mounts.ts";

/** What an agent's manifest says of its memory. */
export interface WantedMemory {
  /** What its folder below `context/` is called. */
  folder: string;
  /** It may add to it only where this holds; null: always. */
  writeableWhen: Predicate | null;
}

const storedSchema = z.object({
  enabled: z.boolean().catch(true),
  name: z.string().optional().catch(undefined),
  context: z.string().optional().catch(undefined),
  pack: z.string().optional().catch(undefined),
  pack_name: z.string().optional().catch(undefined),
  context_name: z.string().optional().catch(undefined),
  writeable_when: z.record(z.string(), z.json()).nullable().catch(null),
});

const LONGEST_NAME = 64;

/** The memory that a worker declares; null for none. Pure. */
export function memoryOf({ name, memory }: Pick<Manifest, "name" | "memory">): WantedMemory | null {
  const usual = `memory-${name}`.slice(0, LONGEST_NAME);
  if (memory === undefined || memory === null || memory === false || memory === "disabled") return null;
  if (memory === true || memory === "enabled") return { folder: usual, writeableWhen: null };
  if (typeof memory === "string") return { folder: memory, writeableWhen: null };
  const said = storedSchema.safeParse(memory).data;
  if (said === undefined || !said.enabled) return null;
  const folder = said.name ?? said.context ?? said.pack ?? said.pack_name ?? said.context_name ?? usual;
  return { folder, writeableWhen: said.writeable_when };
}
