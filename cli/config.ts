import { readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { CliError } from "./cli-error.ts";
import type { Host } from "./host.ts";
import { quoteWord } from "./output/quote-word.ts";
import { configDir, configFile, readServers } from "./servers.ts";
import type { KeptServers, Server } from "./servers.ts";

/** Where the server is, who we are there, and where both were found. */
export interface Connection {
  /** Origin, without a slash at the end. */
  origin: string;
  originSource: string;
  token: string | undefined;
  tokenSource: string | undefined;
  /** Folder in which the CLI keeps what it must remember about this server. */
  stateDir: string;
  /** What was found and not used, each with the reason and what to do; for people. */
  notes: readonly string[];
}

/** What of the machine says where the server is. */
type Surroundings = Pick<Host, "env" | "cwd" | "homeDir" | "uid">;

/** Where `npm start` listens when nobody moved it. */
const DEFAULT_ORIGIN = "http://127.0.0.1:8787";
/** What can stand in a header. */
const SENDABLE = /^[\x21-\x7E]+$/;
/** What a folder that is closed to others lacks. */
const READABLE_BY_OTHERS = 0o077;

interface Found {
  origin: string | undefined;
  token: string | undefined;
  /** The folder or file it was found in. */
  place: string;
  stateDir: string;
  /** Whether it may say where a token goes that was not found in it: nobody but this person can have put it there. */
  isOurs: boolean;
}

/**
 * Finds server and token: `FLOOM_API_URL` and `FLOOM_TOKEN`; else the home that `FLOOM_HOME` names; else the sign-in
 * that `floom login` or `floom servers use` chose; else a `.floom` folder in this folder, above it, or in the checkout
 * of this CLI; else the one server of an older `~/.config/floom/config.json`.
 * A token that was found is only ever sent to the server it was found with, or to this machine; one that was named, to
 * a server that was named too, or that no stranger can have named: a cloned repository may bring a `.floom` along.
 */
export function findConnection(host: Surroundings, checkoutDir: string): Connection {
  const namedOrigin = readEnv(host, "FLOOM_API_URL");
  const namedToken = readEnv(host, "FLOOM_TOKEN");
  const notes: string[] = [];
  const place = findPlace(host, { checkoutDir, namedOrigin }, notes);
  const found = namedToken !== undefined && namedOrigin === undefined ? forNamedToken(place, notes) : place;
  const origin = parseOrigin(namedOrigin ?? found?.origin ?? DEFAULT_ORIGIN, namedOrigin);
  const originSource =
    namedOrigin !== undefined ? "FLOOM_API_URL" : found?.origin !== undefined ? found.place : "default";
  const foundToken = found !== undefined && mayReceive(origin, found) ? found.token : undefined;
  const token = namedToken ?? foundToken;
  const tokenSource =
    namedToken !== undefined ? "FLOOM_TOKEN" : token === undefined ? undefined : found?.place;
  if (token !== undefined && !SENDABLE.test(token)) throw unsendable(tokenSource);
  return {
    origin,
    originSource,
    token,
    tokenSource,
    stateDir: found?.stateDir ?? configDir(host),
    notes,
  };
}

function unsendable(source: string | undefined): CliError {
  return new CliError(`The token of ${source ?? "nobody"} has characters in it that no token has.`, {
    exit: "auth",
    code: "bad_token",
    hint: "Copy it once more, without spaces and line ends; `floom login` signs in without one.",
  });
}

function findPlace(
  host: Surroundings,
  { checkoutDir, namedOrigin }: { checkoutDir: string; namedOrigin: string | undefined },
  notes: string[],
): Found | undefined {
  const named = findNamedHome(host);
  if (named !== undefined) return named;
  const kept = readServers(host);
  const { servers, current } = kept.book;
  const chosen = servers.find(
    namedOrigin === undefined ? ({ name }) => name === current : isAt(namedOrigin, current),
  );
  if (chosen !== undefined) return ofServer(chosen, host);
  return findNearHome(host, checkoutDir, notes) ?? ofSingle(kept, host);
}

/** Whether a sign-in is to the server that was named; of several the one in use. */
function isAt(
  namedOrigin: string,
  current: string | null,
): (server: Server, index: number, all: Server[]) => boolean {
  const origin = URL.parse(namedOrigin)?.origin;
  return (server, _index, all) => {
    const there = all.filter(({ api_url }) => api_url === origin);
    return server === (there.find(({ name }) => name === current) ?? there[0]);
  };
}

/** The place without its server when a stranger may have written it: a token that was named must not go there. */
function forNamedToken(found: Found | undefined, notes: string[]): Found | undefined {
  if (found === undefined || found.isOurs || found.origin === undefined) return found;
  notes.push(
    `FLOOM_TOKEN is not sent to the server that ${found.place} names, because others may have made that folder. If it is yours, type: chmod 700 ${quoteWord(found.place)}`,
  );
  return { ...found, origin: undefined };
}

/** True when the token found in a place may be sent to `origin`. */
function mayReceive(origin: string, found: Found): boolean {
  return isLoopback(origin) || (found.origin !== undefined && trimSlash(found.origin) === origin);
}

/** True for an origin on this machine. */
export function isLoopback(origin: string): boolean {
  const hostname = URL.parse(origin)?.hostname ?? "";
  return hostname === "localhost" || hostname === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

function findNamedHome(host: Surroundings): Found | undefined {
  const named = readEnv(host, "FLOOM_HOME");
  if (named === undefined) return undefined;
  const dir = resolve(host.cwd, named);
  return { ...(readHome(dir) ?? { origin: undefined, token: undefined }), ...placeOf(dir), isOurs: true };
}

function findNearHome(host: Surroundings, checkoutDir: string, notes: string[]): Found | undefined {
  const above = ancestors(host.cwd).map((dir) => join(dir, ".floom"));
  for (const dir of [...above, join(checkoutDir, ".floom")]) {
    const home = readHome(dir);
    if (home === undefined) continue;
    const doubt = findDoubt(host, dir, home.origin);
    if (doubt === undefined) return { ...home, ...placeOf(dir), isOurs: isClosed(host, dir) };
    notes.push(`${dir} was not used: ${doubt}. If you trust it, name it with FLOOM_HOME.`);
  }
  return undefined;
}

/** Why a home that nobody named is not to be believed; undefined when nothing speaks against it. */
function findDoubt(host: Surroundings, dir: string, origin: string | undefined): string | undefined {
  if (host.uid !== undefined && statSync(dir).uid !== host.uid) return "it belongs to another user";
  if (origin !== undefined && !isLoopback(origin)) return `its server, ${origin}, is not on this machine`;
  return undefined;
}

/** True for a folder that is closed to others, as `npm start` makes it and no checkout of a repository does. */
function isClosed(host: Surroundings, dir: string): boolean {
  return host.uid === undefined || (statSync(dir).mode & READABLE_BY_OTHERS) === 0;
}

function placeOf(dir: string): Pick<Found, "place" | "stateDir"> {
  return { place: dir, stateDir: join(dir, "cli") };
}

function readHome(dir: string): Pick<Found, "origin" | "token"> | undefined {
  const token = readText(join(dir, "token"));
  const origin = readText(join(dir, "run", "edge.url"));
  return token === undefined && origin === undefined ? undefined : { origin, token };
}

/** The sign-in that is used, else the one server that an older file named. */
function ofServer({ name, api_url, token }: Server, host: Surroundings): Found {
  return {
    origin: api_url,
    token,
    place: `${configFile(host)} (${name})`,
    stateDir: configDir(host),
    isOurs: true,
  };
}

function ofSingle({ single }: KeptServers, host: Surroundings): Found | undefined {
  if (single === undefined) return undefined;
  return {
    origin: single.api_url,
    token: single.token,
    place: configFile(host),
    stateDir: configDir(host),
    isOurs: true,
  };
}

function parseOrigin(text: string, named: string | undefined): string {
  const url = URL.parse(text);
  if (url === null || !["http:", "https:"].includes(url.protocol)) {
    throw new CliError(
      `${named === undefined ? "The server's address" : "FLOOM_API_URL"} is no web address: ${text}`,
      {
        exit: "usage",
        code: "bad_api_url",
        hint: "It should look like http://127.0.0.1:8787.",
      },
    );
  }
  return url.origin;
}

function ancestors(dir: string): string[] {
  const parent = dirname(dir);
  return parent === dir ? [dir] : [dir, ...ancestors(parent)];
}

function readText(file: string): string | undefined {
  try {
    const text = readFileSync(file, "utf8").trim();
    return text === "" ? undefined : text;
  } catch {
    return undefined;
  }
}

function readEnv(host: Surroundings, name: string): string | undefined {
  const value = host.env[name];
  return value === undefined || value === "" ? undefined : value;
}

function trimSlash(origin: string): string {
  return origin.replace(/\/+$/, "");
}
