// Owns how often anybody may ask for anything. Never waits for anything where a request is not to be counted exactly:
// those are counted in memory, and a fault of the counting lets them in.
// Writes rate_counters in D1, for what is counted exactly.
import type { Principal } from "#contract/access/access";
import { rates } from "#contract/rates/rates";
import type { RateName, RateTable } from "#contract/rates/rates";
import { AppError } from "../../platform/app-error.ts";
import type { Clock } from "../../platform/clock.ts";
import { networkOfSender } from "../../platform/network/ip-address.ts";
import { describeError, log } from "../../platform/log.ts";
import type { RateCounters } from "./counters.ts";
import type { Pace } from "./take-turn.ts";

export interface RateDeps {
  clock: Clock;
  rates: RateTable;
  counters: RateCounters;
  /** Counts for all the world: milliseconds to wait, 0 where the request is within the pace. */
  takeExactly: (key: string, pace: Pace, now: number) => Promise<number>;
}

/** Whom a request is counted for. */
export interface Asker {
  /** The address that it came from, empty where none is known. */
  address: string;
  principal: Principal | null;
  /** The worker it is for, where it comes by a worker's own way in. */
  worker?: string;
}

/** The address that a request came from, as whoever stands before the edge has it; empty for none. */
export function addressOf(request: Request): string {
  return request.headers.get("cf-connecting-ip") ?? "";
}

/** Throws `rate_limit_exceeded` where so many requests came from an address that no more are looked at. Never waits. */
export function requireAddressRate(deps: RateDeps, address: string): void {
  if (address !== "") countHere(deps, "address", networkOfSender(address));
}

/**
 * Counts a request, and throws `rate_limit_exceeded` with the time to wait where it is one too many. For what is counted
 * exactly it also throws that where the count cannot be had: nobody tries passwords behind a broken counter.
 */
export async function requireRate(deps: RateDeps, name: RateName, asker: Asker): Promise<void> {
  const key = keyOf(name, asker);
  if (key === null) return;
  countHere(deps, name, key);
  if (!rates[name].exact) return;
  const waitMs = await deps
    .takeExactly(`${name}:${key}`, paceOf(deps, name), deps.clock())
    .catch((error: unknown) => {
      log("error", "rate.uncounted", { rate: name, error: describeError(error) });
      return 1000;
    });
  if (waitMs > 0) throw tooMany(deps, name, waitMs);
}

/** Null where there is nothing to count it by; then it is not counted. What is counted exactly always has something. */
function keyOf(name: RateName, { address, principal, worker }: Asker): string | null {
  const { per, exact } = rates[name];
  const sender = address === "" ? null : networkOfSender(address);
  if (per === "principal" && principal !== null) return principal.id;
  if (per === "worker and address") return sender && `${worker ?? ""} ${sender}`;
  return sender ?? (exact ? "nobody" : null);
}

function countHere(deps: RateDeps, name: RateName, key: string): void {
  const waitMs = deps.counters.take(`${name}:${key}`, paceOf(deps, name), deps.clock());
  if (waitMs > 0) throw tooMany(deps, name, waitMs);
}

function paceOf({ rates: table }: RateDeps, name: RateName): Pace {
  const { requests, seconds } = table[name];
  return { requests, windowMs: seconds * 1000 };
}

function tooMany({ rates: table }: RateDeps, name: RateName, waitMs: number): AppError {
  const { requests, seconds } = table[name];
  const retryAfterSeconds = Math.max(1, Math.ceil(waitMs / 1000));
  return new AppError(
    "rate_limit_exceeded",
    `The limit for ${rates[name].what} is ${requests} in ${seconds} seconds. Try again in ${retryAfterSeconds} seconds.`,
    { retryAfterSeconds },
  );
}
