import { readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { CliError } from "./cli-error.ts";
import type { Host } from "./host.ts";

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
 * Finds server and token: `FLOOM_API_URL` and `FLOOM_TOKEN`; else the home of a local Floom (`FLOOM_HOME`, or a
 * `.floom` folder in this folder, above it, or in the checkout of this CLI); else `~/.config/floom/config.json`.
 * A token that was found is only ever sent to the server it was found with, or to this machine; one that was named, to
 * a server that was named too, or that no stranger can have named: a cloned repository may bring a `.floom` along.
 */
export function findConnection(host: Surroundings, checkoutDir: string): Connection {
  const namedOrigin = readEnv(host, "FLOOM_API_URL");
  const namedToken = readEnv(host, "FLOOM_TOKEN");
  const notes: string[] = [];
  const place = findHome(host, checkoutDir, notes) ?? readConfigFile(host);
  const found = namedToken !== undefined && namedOrigin === undefined ? forNamedToken(place, notes) : place;
  const origin = parseOrigin(namedOrigin ?? found?.origin ?? DEFAULT_ORIGIN, namedOrigin);
  const originSource =
    namedOrigin !== undefined ? "FLOOM_API_URL" : found?.origin !== undefined ? found.place : "default";
  const foundToken = found !== undefined && mayReceive(origin, found) ? found.token : undefined;
  const token = namedToken ?? foundToken;
  return {
    origin,
    originSource,
    token,
    tokenSource: namedToken !== undefined ? "FLOOM_TOKEN" : token === undefined ? undefined : found?.place,
    stateDir: found?.stateDir ?? configDir(host),
    notes,
  };
}

/** The place without its server when a stranger may have written it: a token that was named must not go there. */
function forNamedToken(found: Found | undefined, notes: string[]): Found | undefined {
  if (found === undefined || found.isOurs || found.origin === undefined) return found;
  notes.push(
    `FLOOM_TOKEN is not sent to the server that ${found.place} names, because others may have made that folder. If it is yours, type: chmod 700 ${found.place}`,
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

function findHome(host: Surroundings, checkoutDir: string, notes: string[]): Found | undefined {
  const named = readEnv(host, "FLOOM_HOME");
  if (named !== undefined) {
    const dir = resolve(host.cwd, named);
    return { ...(readHome(dir) ?? { origin: undefined, token: undefined }), ...placeOf(dir), isOurs: true };
  }
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

function readConfigFile(host: Surroundings): Found | undefined {
  const file = join(configDir(host), "config.json");
  const text = readText(file);
  if (text === undefined) return undefined;
  if ((statSync(file).mode & READABLE_BY_OTHERS) !== 0) {
    throw new CliError(`${file} can be read by other users of this machine.`, {
      exit: "auth",
      code: "config_not_private",
      hint: `Type: chmod 600 ${file}`,
    });
  }
  const { api_url: origin, token } = parseConfig(text, file);
  return { origin, token, place: file, stateDir: configDir(host), isOurs: true };
}

function parseConfig(text: string, file: string): { api_url: string | undefined; token: string | undefined } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new CliError(`${file} is not JSON.`, {
      exit: "usage",
      code: "bad_config",
      hint: 'It should look like {"api_url": "https://...", "token": "..."}.',
      cause,
    });
  }
  const members: Record<string, unknown> = typeof value === "object" && value !== null ? { ...value } : {};
  const read = (name: string): string | undefined => {
    const member = members[name];
    return typeof member === "string" && member !== "" ? member : undefined;
  };
  return { api_url: read("api_url"), token: read("token") };
}

function configDir(host: Surroundings): string {
  const base = readEnv(host, "XDG_CONFIG_HOME") ?? join(host.homeDir, ".config");
  return join(base, "floom");
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
