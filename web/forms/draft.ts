import { rowMarkName } from "#contract/forms/form";
import type { FormEntries, FormError } from "#contract/forms/form";

/** What a form holds while it is filled in: texts and files by entry name. Never changed in place. */
export interface Draft {
  entries: FormEntries;
  files: ReadonlyMap<string, readonly File[]>;
}

export function setTexts(draft: Draft, name: string, texts: readonly string[]): Draft {
  return { ...draft, entries: new Map(draft.entries).set(name, texts) };
}

/** Files of one field; none takes the field's id of an earlier upload away, too. */
export function setFiles({ entries, files }: Draft, name: string, given: readonly File[]): Draft {
  const texts = new Map(entries);
  texts.delete(name);
  return { entries: texts, files: new Map(files).set(name, given) };
}

export function addEntries(draft: Draft, more: FormEntries): Draft {
  return { ...draft, entries: new Map([...draft.entries, ...more]) };
}

/** Everything typed at `name` and below it is gone: a row that is taken out. */
export function removeBelow({ entries, files }: Draft, names: readonly string[]): Draft {
  const isBelow = (entry: string) =>
    names.some((name) => entry === name || entry.startsWith(`${name}/`) || entry.startsWith(`${name}~`));
  const kept = <T>(map: ReadonlyMap<string, T>) => new Map([...map].filter(([entry]) => !isBelow(entry)));
  return { entries: kept(entries), files: kept(files) };
}

/** The numbers of a list's rows: those that somebody added or that were filled in from elsewhere. */
export function rowNumbers({ entries }: Draft, name: string): number[] {
  const start = `${name}/`;
  const marks = [...entries.keys()].filter(
    (entry) => entry.startsWith(start) && entry.endsWith(rowMarkName("")),
  );
  const rows = marks.map((entry) => entry.slice(start.length, -rowMarkName("").length));
  return rows.filter((row) => /^\d+$/.test(row)).map(Number);
}

/** Sentences by entry name, the way fields look for theirs. */
export function errorsByName(errors: readonly FormError[]): ReadonlyMap<string, string> {
  const byName = Map.groupBy(errors, ({ name }) => name);
  return new Map([...byName].map(([name, found]) => [name, found.map(({ detail }) => detail).join(" ")]));
}

/** Where within a field's value something is wrong, by entry name: a JSON pointer, of the first error that says it. */
export function placesByName(errors: readonly FormError[]): ReadonlyMap<string, string> {
  const places = errors.flatMap(({ name, within }) =>
    within === undefined ? [] : [[name, within] as const],
  );
  return new Map(places.toReversed());
}
