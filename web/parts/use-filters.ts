import { useLocation, useSearch } from "wouter";

export interface Filters {
  /** What the address says of a filter; empty for nothing. */
  get: (name: string) => string;
  /** Changes the address in its place: going back leaves the page, not one letter. An empty value takes a filter out. */
  set: (changes: Readonly<Record<string, string>>) => void;
  /** The address with these changes. */
  linkTo: (changes: Readonly<Record<string, string>>) => string;
  isEmpty: boolean;
}

function changed(search: string, changes: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams(search);
  for (const [name, value] of Object.entries(changes)) {
    if (value === "") query.delete(name);
    else query.set(name, value);
  }
  return query.toString();
}

/** The filters of a list, kept in the address: what is seen can be sent to somebody, kept as a bookmark, and gone back to. */
export function useFilters(): Filters {
  const search = useSearch();
  const [path, navigate] = useLocation();
  const linkTo = (changes: Readonly<Record<string, string>>) => {
    const query = changed(search, changes);
    return query === "" ? path : `${path}?${query}`;
  };
  return {
    get: (name) => new URLSearchParams(search).get(name) ?? "",
    set: (changes) => navigate(linkTo(changes), { replace: true }),
    linkTo,
    isEmpty: search === "",
  };
}
