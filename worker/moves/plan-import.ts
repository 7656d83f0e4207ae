import type { Archive } from "./archive-document.ts";

/** One step of an import: a thing, or a version of one. */
export type ImportStep =
  | { kind: "settings" }
  | { kind: "template"; index: number }
  | { kind: "context"; name: string }
  | { kind: "context_version"; name: string; version: number }
  | { kind: "version"; worker: string; version: number }
  | { kind: "worker"; worker: string }
  | { kind: "keys"; store: number }
  | { kind: "table"; store: number; table: number }
  | { kind: "secrets" };

/**
 * All steps of an import, in the order in which each finds what it needs: templates and contexts before the workers that
 * name them, and a worker's store before the worker may start again. The same archive has the same steps whenever it is asked. Pure.
 */
export function planImport(archive: Archive): ImportStep[] {
  const storesOf = (worker: string | null) =>
    archive.stores.flatMap((store, index): ImportStep[] => {
      if (store.worker !== worker) return [];
      const tables = store.tables.map((_, table): ImportStep => ({ kind: "table", store: index, table }));
      return [{ kind: "keys", store: index }, ...tables];
    });
  return [
    { kind: "settings" },
    ...archive.templates.map((_, index): ImportStep => ({ kind: "template", index })),
    ...archive.contexts.flatMap(({ name, versions }): ImportStep[] => [
      { kind: "context", name },
      ...versions.map((version): ImportStep => ({ kind: "context_version", name, version })),
    ]),
    ...storesOf(null),
    ...archive.workers.flatMap(({ name: worker, versions }): ImportStep[] => [
      ...versions.map((version): ImportStep => ({ kind: "version", worker, version })),
      ...storesOf(worker),
      { kind: "worker", worker },
    ]),
    { kind: "secrets" },
  ];
}

/** What is to become of a version of something that has versions. */
export type Arrival = "add" | "there" | "other";

/**
 * Whether the version at `index` of what is archived follows what is there: `add` behind the versions before it, `there`
 * where it is among them, `other` where what is there is not an earlier part of what is archived. By digests, the oldest
 * first; null where nothing is there. Pure.
 */
export function judgeArrivingVersion(
  archived: readonly string[],
  index: number,
  there: readonly string[] | null,
): Arrival {
  const digest = archived[index];
  if (there === null || digest === undefined) return "add";
  const before = archived.slice(0, index);
  // The same content may have come back later: it is there only where as much of it is there as was archived so far.
  const count = (list: readonly string[]) => list.filter((one) => one === digest).length;
  if (count(there) > count(before)) return "there";
  return there.every((one) => before.includes(one)) ? "add" : "other";
}
