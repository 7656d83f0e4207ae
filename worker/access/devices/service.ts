// Owns how a program without a browser is let in: it shows a short code, a person approves it, the program gets a token.
// Never stores a code or a token, only their digests; never lets a token approve; gives no scope the person has not got.
// Writes device logins and the tokens they end in.
import type { Principal, Scope } from "#contract/access/access";
import { formatLimit, limits } from "#contract/limits";
import type { DecidedDevice, PolledDevice, StartedDevice, WaitingDevice } from "#contract/devices/device";
import { AppError, notFound } from "../../platform/app-error.ts";
import { toBase64Url } from "../../platform/bytes.ts";
import { toIso } from "../../platform/clock.ts";
import { hmacSha256Hex, sha256Hex } from "../../platform/crypto.ts";
import { newId } from "../../platform/ids.ts";
import { mintToken } from "../tokens/service.ts";
import type { TokenDeps } from "../tokens/service.ts";
import { requireHeld, requirePerson } from "../tokens/token-rules.ts";
import { networkOf } from "./network-of.ts";
import { scopesForDevice } from "./device-scopes.ts";
import { judgePoll, SLOWER_SECONDS } from "./judge-poll.ts";
import {
  consumeDevice,
  decideDevice,
  findByDeviceHash,
  findByUserCodeHash,
  notePoll,
  putDevice,
} from "./store.ts";
import type { DeviceRow } from "./store.ts";
import { buildUserCode, readUserCode } from "./user-code.ts";

export interface DeviceDeps extends TokenDeps {
  /** What the digests of short codes are made with: they are too short to be safe in a bare one. */
  signingKey: string;
  /** Counts for all the world: milliseconds to wait, 0 where it is within the pace. */
  takeExactly: (key: string, pace: { requests: number; windowMs: number }, now: number) => Promise<number>;
  /** Whether who holds the owner's token is the owner, at this very machine. */
  ownerIsLocal: boolean;
}

const DAY_MS = 86_400_000;
const CODE_BYTES = 32;
const CHANCE_BYTES = 32;
const MINUTE_MS = 60_000;

const hashUserCode = (signingKey: string, code: string) =>
  hmacSha256Hex(signingKey, `device-user-code:${code}`);
const secondsOf = (name: "device_seconds" | "device_interval_seconds") => limits[name].value;

function mintUserCode(): string {
  for (;;) {
    const code = buildUserCode(crypto.getRandomValues(new Uint8Array(CHANCE_BYTES)));
    if (code !== null) return code;
  }
}

/** Refuses who has tried too often in this minute. */
async function requireFewTries(
  deps: DeviceDeps,
  key: string,
  limit: "device_starts_per_minute" | "device_guesses_per_minute",
): Promise<void> {
  const pace = { requests: limits[limit].value, windowMs: MINUTE_MS };
  const waitMs = await deps.takeExactly(key, pace, deps.clock());
  if (waitMs === 0) return;
  throw new AppError(
    "rate_limit_exceeded",
    `The limit for ${limits[limit].what} is ${limits[limit].value}.`,
    { retryAfterSeconds: Math.ceil(waitMs / 1000) },
  );
}

/** Begins a sign-in. `origin` is that of the answer's links, `address` where it was asked from. */
export async function startDevice(
  deps: DeviceDeps,
  want: { client_name: string; scopes: readonly Scope[] },
  from: { origin: string; address: string | null },
): Promise<StartedDevice> {
  await requireFewTries(deps, `device-start:${networkOf(from.address)}`, "device_starts_per_minute");
  const now = deps.clock();
  const deviceCode = toBase64Url(crypto.getRandomValues(new Uint8Array(CODE_BYTES)));
  const userCode = mintUserCode();
  const isPut = await putDevice(deps.db, {
    device_hash: await sha256Hex(deviceCode),
    user_code_hash: await hashUserCode(deps.signingKey, userCode),
    client_name: want.client_name,
    scopes: [...want.scopes],
    address: from.address,
    interval_seconds: secondsOf("device_interval_seconds"),
    created_at: now,
    expires_at: now + secondsOf("device_seconds") * 1000,
  });
  if (!isPut) {
    throw new AppError(
      "rate_limit_exceeded",
      `At most ${formatLimit("devices_waiting")} wait to be let in.`,
      {
        retryAfterSeconds: MINUTE_MS / 1000,
      },
    );
  }
  const page = `${from.origin}/cli-auth`;
  return {
    device_code: deviceCode,
    user_code: userCode,
    verification_url: page,
    verification_url_complete: `${page}#user_code=${userCode}`,
    polling_interval_seconds: secondsOf("device_interval_seconds"),
    expires_in_seconds: secondsOf("device_seconds"),
  };
}

/** Answers a program that asks whether it was let in; the first time that it was, with its token. */
export async function pollDevice(
  deps: DeviceDeps,
  deviceCode: string,
  { origin }: { origin: string },
): Promise<PolledDevice> {
  const now = deps.clock();
  const row = await findByDeviceHash(deps.db, await sha256Hex(deviceCode));
  const verdict = judgePoll(row, now);
  if (row === undefined || verdict === "unknown")
    throw new AppError("not_found", "There is no such sign-in, or its time is over. Begin anew.");
  if (verdict === "denied") throw new AppError("device_denied", "A person denied this sign-in.");
  if (verdict === "consumed") throw new AppError("device_consumed", "This sign-in got its token already.");
  if (verdict === "slow") throw await slowDown(deps, row, now);
  if (verdict === "approved") return giveToken(deps, row, { now, origin });
  if (!(await notePoll(deps.db, row, { now, interval_seconds: row.interval_seconds })))
    throw await slowDown(deps, row, now);
  return { status: "pending", polling_interval_seconds: row.interval_seconds };
}

/** Has a program wait longer between two questions from now on. */
async function slowDown(deps: DeviceDeps, row: DeviceRow, now: number): Promise<AppError> {
  const seconds = row.interval_seconds + SLOWER_SECONDS;
  await notePoll(deps.db, row, { now, interval_seconds: seconds });
  return new AppError("slow_down", `Wait ${seconds} seconds between two questions.`, {
    retryAfterSeconds: seconds,
  });
}

async function giveToken(
  deps: DeviceDeps,
  row: DeviceRow,
  { now, origin }: { now: number; origin: string },
): Promise<PolledDevice> {
  const { token, hash } = await mintToken("personal");
  const id = newId("tok", now);
  const expiresAt = now + limits.token_days_default.value * DAY_MS;
  const isGiven = await consumeDevice(deps.db, row.device_hash, { id, hash, now, expiresAt });
  if (!isGiven || row.workspace_id === null)
    throw new AppError("device_consumed", "This sign-in got its token already.");
  return {
    status: "approved",
    api_secret: token,
    api_base: origin,
    token_id: id,
    workspace_id: row.workspace_id,
    scopes: row.scopes,
    expires_at: toIso(expiresAt),
  };
}

/** The program whose code a person typed. Unknown, mistyped and late ones read the same, and are counted. */
async function requireWaiting(
  deps: DeviceDeps,
  principal: Principal,
  typed: string,
): Promise<{ row: DeviceRow; code: string }> {
  requirePerson(principal, deps.ownerIsLocal);
  await requireFewTries(
    deps,
    `device-code:${principal.workspace_id}:${principal.id}`,
    "device_guesses_per_minute",
  );
  const code = readUserCode(typed);
  const row =
    code === null ? undefined : await findByUserCodeHash(deps.db, await hashUserCode(deps.signingKey, code));
  if (code === null || row === undefined || deps.clock() >= row.expires_at) throw notFound("code");
  if (row.status !== "pending") throw decidedBefore();
  return { row, code };
}

const decidedBefore = () => new AppError("device_decided", "This code was approved or denied already.");

/** Shows a person what a terminal asks for, and what it would get of that. */
export async function lookUpDevice(
  deps: DeviceDeps,
  principal: Principal,
  typed: string,
): Promise<WaitingDevice> {
  const { row, code } = await requireWaiting(deps, principal, typed);
  return {
    user_code: code,
    client_name: row.client_name,
    scopes: scopesForDevice(row.scopes, principal.scopes),
    address: row.address,
    created_at: toIso(row.created_at),
    expires_at: toIso(row.expires_at),
    workspace_id: principal.workspace_id,
    token_days: limits.token_days_default.value,
  };
}

/** Lets a terminal in as the person who says so, with no more than they may and it asked for. */
export async function approveDevice(
  deps: DeviceDeps,
  principal: Principal,
  want: { user_code: string; scopes: readonly Scope[] | undefined },
): Promise<DecidedDevice> {
  const { row, code } = await requireWaiting(deps, principal, want.user_code);
  const most = scopesForDevice(row.scopes, principal.scopes);
  const scopes = want.scopes ?? most;
  requireHeld(scopes, most, "what the terminal asks for and you may");
  if (scopes.length === 0)
    throw new AppError("scope_exceeds_maker", "You may do nothing of what the terminal asks for.");
  const decided = await decideDevice(deps.db, row.device_hash, {
    status: "approved",
    by: principal.id,
    now: deps.clock(),
    scopes,
    workspaceId: principal.workspace_id,
    userId: "user_id" in principal ? principal.user_id : null,
  });
  if (!decided) throw decidedBefore();
  return { user_code: code, client_name: row.client_name, status: "approved" };
}

/** Turns a terminal away. */
export async function denyDevice(
  deps: DeviceDeps,
  principal: Principal,
  typed: string,
): Promise<DecidedDevice> {
  const { row, code } = await requireWaiting(deps, principal, typed);
  const decision = { status: "denied", by: principal.id, now: deps.clock() } as const;
  if (!(await decideDevice(deps.db, row.device_hash, decision))) throw decidedBefore();
  return { user_code: code, client_name: row.client_name, status: "denied" };
}
