import type { WorkerSummary } from "#contract/workers/worker";

/** What the address says of the list of workers; empty for anything. */
export interface WorkerFilter {
  word: string;
  tag: string;
  /** A folder's name, or `NO_FOLDER`. */
  folder: string;
}

/** In the address, for the workers that are in none: no folder's name begins with a slash. */
export const NO_FOLDER = "/";

/** The starred ones first, in the order of the others. Pure. */
export function putStarredFirst(
  workers: readonly WorkerSummary[],
  starred: ReadonlySet<string>,
): WorkerSummary[] {
  return [...workers.filter(({ id }) => starred.has(id)), ...workers.filter(({ id }) => !starred.has(id))];
}

/** The workers that a word, a tag and a folder leave. Pure. */
export function findWorkers(
  workers: readonly WorkerSummary[],
  { word, tag, folder: place }: WorkerFilter,
): WorkerSummary[] {
  const wanted = word.trim().toLowerCase();
  return workers.filter(
    ({ id, name, description, tags, folder }) =>
      (tag === "" || tags.includes(tag)) &&
      (place === "" || (place === NO_FOLDER ? folder === null : folder === place)) &&
      `${id} ${name} ${description} ${tags.join(" ")}`.toLowerCase().includes(wanted),
  );
}

/** How many workers each name is of, the most frequent first, then by name. Pure. */
export function countNames(names: readonly string[]): [name: string, count: number][] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].sort(([a, m], [b, n]) => n - m || a.localeCompare(b));
}

/** The folders with how many workers are in each, by name. Pure. */
export function countFolders(workers: readonly WorkerSummary[]): [name: string, count: number][] {
  const names = workers.map(({ folder }) => folder).filter((folder) => folder !== null);
  return countNames(names).sort(([a], [b]) => a.localeCompare(b));
}
