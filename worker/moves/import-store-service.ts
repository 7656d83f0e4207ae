// Owns how what stores hold arrives: keys where there are none of their name, tables whole.
// Never changes a key or a table that is there, and never fills the store of a worker that is at work.
// Writes by the store's own service alone.
import { limits } from "#contract/limits";
import type { ImportItem } from "#contract/moves/move";
import { exportTable, importKeyLines, importTableLines, isMadeAlike } from "../store/move-service.ts";
import { openStoreOf } from "../store/service.ts";
import type { StoreApi } from "../store/store-api.ts";
import { archivePaths } from "./archive-document.ts";
import { item } from "./import-run.ts";
import type { ImportRun } from "./import-run.ts";
import { judgeBelongings } from "./import-worker-service.ts";
import { haveSameLines, splitLines } from "./split-lines.ts";
import type { LineRules } from "./split-lines.ts";

/** A value as base64 with what stands beside it; a row as wide as SQLite lets it be. */
const LINE_CHARACTERS = 4 * limits.store_value_bytes.value;
const mostKeys = { lineCharacters: LINE_CHARACTERS, bytes: 4 * limits.store_bytes.value };
const mostRows = { lineCharacters: LINE_CHARACTERS, bytes: 8 * limits.sql_bytes.value };
const ownLines: LineRules = {
  mostCharacters: LINE_CHARACTERS,
  refuse: (why, cause) => new Error(`The export of a table cannot be read: ${why}.`, { cause }),
};
const SHOWN_KEYS = 5;

interface Place {
  worker: string | null;
  /** How it is called in the report. */
  said: string;
}

function placeOf({ archive }: ImportRun, index: number): Place {
  const worker = archive.stores[index]?.worker ?? null;
  return { worker, said: worker ?? "the workspace" };
}

/** The store, where it may be filled; null in a dry run whose worker is still to be made. */
async function openPlace(
  { deps, principal, options }: ImportRun,
  { worker }: Place,
): Promise<StoreApi | null> {
  const of = { worker: worker ?? undefined, scope: "store:write" as const };
  if (!options.dry_run) return (await openStoreOf(deps.store, principal, of)).store;
  return openStoreOf(deps.store, principal, of).then(
    ({ store }) => store,
    () => null,
  );
}

/** Sets the keys that are not there. */
export async function importKeys(run: ImportRun, { store: index }: { store: number }): Promise<ImportItem[]> {
  const { deps, options, reader } = run;
  const place = placeOf(run, index);
  const judged =
    place.worker === null ? { outcome: "made" as const } : await judgeBelongings(run, place.worker);
  if (judged.outcome !== "made") return [item("keys", place.said, judged)];
  const store = await openPlace(run, place);
  if (store === null) return [item("keys", place.said, { outcome: "made" })];
  const lines = reader.lines(archivePaths.keys(index), mostKeys);
  const how = { now: deps.clock(), dryRun: options.dry_run };
  const { made, there, refused } = await importKeyLines(store, lines, how);
  const counts = `${made} set, ${there} there already.`;
  if (refused.length === 0)
    return [item("keys", place.said, { outcome: made > 0 ? "made" : "there", detail: counts })];
  const named = refused.slice(0, SHOWN_KEYS).join(", ");
  const detail = `${counts} ${refused.length} hold something else here, and were left alone: ${named}.`;
  return [item("keys", place.said, { outcome: "refused", detail })];
}

/** Makes a table that is not there, all of it or nothing. */
export async function importTable(
  run: ImportRun,
  { store: index, table: at }: { store: number; table: number },
): Promise<ImportItem[]> {
  const { archive, options, reader } = run;
  const place = placeOf(run, index);
  const table = archive.stores[index]?.tables[at];
  if (table === undefined) return [];
  const said = `${place.said}: ${table.name}`;
  const judged =
    place.worker === null ? { outcome: "made" as const } : await judgeBelongings(run, place.worker);
  if (judged.outcome !== "made") return [item("table", said, judged)];
  const store = await openPlace(run, place);
  if (store === null) return [item("table", said, { outcome: "made" })];
  const lines = () => reader.lines(archivePaths.table(index, at), mostRows);
  const there = (await store.listTables()).find(({ name }) => name === table.name);
  if (there === undefined) {
    if (!options.dry_run) await importTableLines(store, table, lines());
    return [item("table", said, { outcome: "made" })];
  }
  const isSame =
    isMadeAlike(there, table) &&
    (await haveSameLines(lines(), splitLines((await exportTable(store, table.name)).values(), ownLines)));
  if (isSame) return [item("table", said, { outcome: "there" })];
  const detail = "A table of this name is there already, and holds something else. It was left alone.";
  return [item("table", said, { outcome: "refused", detail })];
}
