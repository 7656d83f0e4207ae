import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CliError } from "./cli-error.ts";
import type { Host } from "./host.ts";
import { quoteWord } from "./output/quote-word.ts";

/** What of the machine says where the list of servers lies. */
type Surroundings = Pick<Host, "env" | "homeDir">;

/** What a file that is closed to others lacks. */
const READABLE_BY_OTHERS = 0o077;

/** One sign-in: a server, and the token that stands for somebody there. */
export interface Server {
  name: string;
  /** Origin, without a slash at the end. */
  api_url: string;
  token: string;
  workspace_id: string | null;
  workspace_name: string | null;
  /** ISO 8601; null for a token that does not end, or of which nobody said when. */
  expires_at: string | null;
}

/** Every sign-in that this CLI keeps. */
export interface ServerBook {
  /** Name of the one that is used; null: the Floom of this machine, as `.floom` tells of it. */
  current: string | null;
  servers: Server[];
}

/** What the file says: sign-ins, or the one server of old. */
export interface KeptServers {
  book: ServerBook;
  single: { api_url: string | undefined; token: string | undefined } | undefined;
}

/** The folder in which the CLI keeps what belongs to the person. */
export function configDir({ env, homeDir }: Surroundings): string {
  const base = env["XDG_CONFIG_HOME"];
  return join(base === undefined || base === "" ? join(homeDir, ".config") : base, "floom");
}

/** The file that holds every sign-in. */
export function configFile(host: Surroundings): string {
  return join(configDir(host), "config.json");
}

/** Reads every sign-in; none when there is no file. Throws for one that others can read, or that cannot be read. */
export function readServers(host: Surroundings): KeptServers {
  const file = configFile(host);
  const text = readText(file);
  if (text === undefined) return { book: { current: null, servers: [] }, single: undefined };
  if ((statSync(file).mode & READABLE_BY_OTHERS) !== 0) {
    throw new CliError(`${file} can be read by other users of this machine.`, {
      exit: "auth",
      code: "config_not_private",
      hint: `Type: chmod 600 ${quoteWord(file)}`,
    });
  }
  const value = parseJson(text, file);
  if (value["servers"] === undefined) {
    const single = { api_url: textOf(value, "api_url"), token: textOf(value, "token") };
    return { book: { current: null, servers: [] }, single };
  }
  if (!Array.isArray(value["servers"])) throw badConfig(file, undefined);
  const servers = value["servers"].map(readServer);
  if (!servers.every((server) => server !== undefined)) throw badConfig(file, undefined);
  return { book: { current: textOf(value, "current") ?? null, servers }, single: undefined };
}

/** One entry of the list; undefined for what is none. */
function readServer(entry: unknown): Server | undefined {
  const members = membersOf(entry);
  const [name, api_url, token] = ["name", "api_url", "token"].map((member) => textOf(members, member));
  if (name === undefined || api_url === undefined || token === undefined) return undefined;
  return {
    name,
    api_url,
    token,
    workspace_id: textOf(members, "workspace_id") ?? null,
    workspace_name: textOf(members, "workspace_name") ?? null,
    expires_at: textOf(members, "expires_at") ?? null,
  };
}

function membersOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function textOf(members: Record<string, unknown>, name: string): string | undefined {
  const member = members[name];
  return typeof member === "string" && member !== "" ? member : undefined;
}

/** Writes the file anew as a whole, for its owner's eyes alone; the server of old becomes one of the list. */
export function writeServers(host: Surroundings, book: ServerBook): void {
  const dir = configDir(host);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const file = configFile(host);
  const next = `${file}.${process.pid}`;
  rmSync(next, { force: true });
  writeFileSync(next, `${JSON.stringify(book, null, 2)}\n`, { mode: 0o600, flag: "wx" });
  renameSync(next, file);
}

/** The list of sign-ins with the server of old as one of them, so that a new one does not lose it. Pure. */
export function withSingle({ book, single }: KeptServers): ServerBook {
  if (single?.api_url === undefined || single.token === undefined) return book;
  const api_url = URL.parse(single.api_url)?.origin;
  if (api_url === undefined) return book;
  const old = { name: nameFor(book, api_url), api_url, token: single.token };
  return {
    current: book.current,
    servers: [...book.servers, { ...old, workspace_id: null, workspace_name: null, expires_at: null }],
  };
}

/** The book after a sign-in: in the place of one with its name, and it is the one that is used from then on. Pure. */
export function addServer(book: ServerBook, server: Server): ServerBook {
  const others = book.servers.filter(({ name }) => name !== server.name);
  return { current: server.name, servers: [...others, server] };
}

/** The book without one sign-in; when it was the one in use, this machine's own Floom is used. Pure. */
export function removeServer(book: ServerBook, name: string): ServerBook {
  return {
    current: book.current === name ? null : book.current,
    servers: book.servers.filter((server) => server.name !== name),
  };
}

/**
 * A name for a sign-in that nobody named: that of the sign-in to the same workspace of the same server, which it
 * replaces, else the host's, with a number when that is taken. Pure.
 */
export function nameFor(book: ServerBook, api_url: string, workspaceId: string | null = null): string {
  const same = book.servers.find(
    (server) => server.api_url === api_url && workspaceId !== null && server.workspace_id === workspaceId,
  );
  if (same !== undefined) return same.name;
  const host = URL.parse(api_url)?.host ?? api_url;
  const taken = new Set(book.servers.map(({ name }) => name));
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? host : `${host}-${number}`;
    if (!taken.has(name)) return name;
  }
}

function parseJson(text: string, file: string): Record<string, unknown> {
  try {
    return membersOf(JSON.parse(text));
  } catch (cause) {
    throw badConfig(file, cause);
  }
}

function badConfig(file: string, cause: unknown): CliError {
  const error = cause instanceof SyntaxError ? "is not JSON" : "does not have the form it should";
  return new CliError(`${file} ${error}.`, {
    exit: "usage",
    code: "bad_config",
    hint: "Move it away, and sign in again: floom login",
  });
}

function readText(file: string): string | undefined {
  try {
    const text = readFileSync(file, "utf8").trim();
    return text === "" ? undefined : text;
  } catch {
    return undefined;
  }
}
