/** What a browser has been told of already, and what of a list it is to be told. */
export interface News<T> {
  fresh: T[];
  /** The newest id there was: to be remembered. */
  newest: string;
}

/**
 * Those of a list, newest first, that came after `last`. Whoever was never told of anything is told of nothing that was
 * there before they asked. Ids sort by their time. Pure.
 */
export function chooseNews<T extends { id: string }>(list: readonly T[], last: string | null): News<T> {
  const newest = list.reduce((most, { id }) => (id > most ? id : most), last ?? "");
  return { fresh: last === null ? [] : list.filter(({ id }) => id > last), newest };
}
