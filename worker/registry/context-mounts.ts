import * as z from "zod";
import type { Json } from "#contract/json";
import type { Manifest } from "#contract/manifest/manifest";

/** A condition on one input, e.g. `{input: "mode", equals: "full"}`. */
export type Predicate = Readonly<Record<string, Json>>;

/** A context that a worker wants in its work directory. */
export interface ContextMount {
  name: string;
  writeable: boolean;
  /** `local`, or the address of a git repository. */
  source: string;
  /** Mounted only when it holds; null: always. */
  when: Predicate | null;
  /** Writeable only when it holds; null: as `writeable` says. */
  writeableWhen: Predicate | null;
  /** Patterns of the files that are mounted; none: all. */
  paths: readonly string[];
}

const predicateSchema = z.record(z.string(), z.json());
const storedSchema = z.object({
  name: z.string(),
  writeable: z.boolean().catch(false),
  source: z.string().catch("local"),
  when: predicateSchema.nullable().catch(null),
  writeable_when: predicateSchema.nullable().catch(null),
  paths: z.array(z.string()).catch([]),
});

/** The contexts that a worker mounts; of one that is named twice the first. Pure. */
export function listMounts({ contexts }: Pick<Manifest, "contexts">): ContextMount[] {
  const declared = contexts.flatMap((one): ContextMount[] => {
    const parsed = storedSchema.safeParse(one).data;
    if (parsed === undefined) return [];
    const { writeable_when, ...rest } = parsed;
    return [{ ...rest, writeableWhen: writeable_when }];
  });
  return declared.filter((mount, at) => declared.findIndex((other) => other.name === mount.name) === at);
}
