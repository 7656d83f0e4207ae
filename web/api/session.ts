const STORAGE_KEY = "floom.token";
const WORKSPACE_KEY = "floom.workspace";

/** The part of web storage that keeps the token between visits. */
export type TokenStorage = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/**
 * Signs in by a link `/#token=...`: keeps the token and takes it out of the address bar and the history at once. It
 * comes behind `#` because browsers send that part to no server. Anybody can make somebody open a link, so a token that
 * would replace another one is not kept but given back, for the person to decide about.
 */
export function takeTokenFromAddress(
  location: Pick<Location, "hash" | "pathname" | "search">,
  history: Pick<History, "replaceState">,
  storage: TokenStorage,
): string | undefined {
  const token = new URLSearchParams(location.hash.slice(1)).get("token")?.trim();
  if (token === undefined) return undefined;
  history.replaceState(null, "", `${location.pathname}${location.search}`);
  const kept = readToken(storage);
  if (kept !== undefined && token !== "" && token !== kept) return token;
  saveToken(storage, token);
  return undefined;
}

export function readToken(storage: TokenStorage): string | undefined {
  return storage.getItem(STORAGE_KEY) ?? undefined;
}

/** Keeps `token` until it is forgotten; an empty one is not kept. */
export function saveToken(storage: TokenStorage, token: string): void {
  const trimmed = token.trim();
  if (trimmed !== "") storage.setItem(STORAGE_KEY, trimmed);
}

export function forgetToken(storage: TokenStorage): void {
  storage.removeItem(STORAGE_KEY);
}

/** The workspace that somebody who is in several chose to work in; undefined for their first. */
export function readWorkspace(storage: TokenStorage): string | undefined {
  return storage.getItem(WORKSPACE_KEY) ?? undefined;
}

export function saveWorkspace(storage: TokenStorage, workspaceId: string): void {
  storage.setItem(WORKSPACE_KEY, workspaceId);
}

export function forgetWorkspace(storage: TokenStorage): void {
  storage.removeItem(WORKSPACE_KEY);
}
