import { formatLimit, limits } from "#contract/limits";
import type { LimitName } from "#contract/limits";
import { AppError } from "../platform/app-error.ts";
import type { KeyWrite, StoredEntry } from "./store-api.ts";

const INT64 = 2n ** 63n;
const WHOLE_NUMBER = /^\s*-?\d{1,19}\s*$/;

/** The moment of a write, epoch milliseconds, and the version that it gives. */
export interface WriteMoment {
  now: number;
  version: string;
}

/**
 * What stands under a key after a write; null for nothing. Throws `store_conflict` where the key has not the version that
 * the write asks for, and `not_an_integer`. Pure.
 */
export function judgeWrite(
  current: StoredEntry | null,
  write: KeyWrite,
  { now, version }: WriteMoment,
): StoredEntry | null {
  if (write.op !== "increment") requireVersion(current, write);
  if (write.op === "delete") return null;
  const { key } = write;
  const made = { key, version, updated_at: now };
  const end = write.ttl_seconds === null ? null : now + write.ttl_seconds * 1000;
  if (write.op === "set") {
    const { kind, value } = write;
    return { ...made, kind, value, size_bytes: value.byteLength, expires_at: end };
  }
  const value = new TextEncoder().encode(String(addTo(current, write)));
  const expires_at = end ?? current?.expires_at ?? null;
  return { ...made, kind: "json", value, size_bytes: value.byteLength, expires_at };
}

function requireVersion(
  current: StoredEntry | null,
  { key, if_version }: { key: string; if_version: string | null },
): void {
  if (if_version === null || if_version === (current?.version ?? "none")) return;
  const name = JSON.stringify(key);
  const found = current === null ? "there is no such key" : `it has the version ${current.version}`;
  const asked = if_version === "none" ? "there to be no such key" : `the version ${if_version}`;
  throw new AppError("store_conflict", `${name} was not written: you expected ${asked}, and ${found}.`);
}

function addTo(current: StoredEntry | null, { key, by }: { key: string; by: string }): bigint {
  const text = current === null ? "0" : new TextDecoder().decode(current.value);
  const name = JSON.stringify(key);
  if (current?.kind === "bytes" || !WHOLE_NUMBER.test(text))
    throw new AppError("not_an_integer", `${name} was not counted: what is there is no whole number.`);
  const sum = BigInt(text) + BigInt(by);
  if (sum >= -INT64 && sum < INT64) return sum;
  throw new AppError("not_an_integer", `${name} was not counted: it would leave the range of 64 bits.`);
}

/** What a store holds: keys, and bytes of keys and values. */
export interface StoreTotals {
  entries: number;
  bytes: number;
}

/** Bytes that an entry counts for. Pure. */
export function entryBytes({ key, size_bytes }: Pick<StoredEntry, "key" | "size_bytes">): number {
  return new TextEncoder().encode(key).byteLength + size_bytes;
}

/** Throws `store_full` where a store would grow beyond what it may hold. Pure. */
export function requireRoom(before: StoreTotals, after: StoreTotals): void {
  const isOver = (name: "store_entries" | "store_bytes", total: keyof StoreTotals) =>
    after[total] > limits[name].value && after[total] > before[total];
  if (isOver("store_entries", "entries")) throw storeFull("store_entries");
  if (isOver("store_bytes", "bytes")) throw storeFull("store_bytes");
}

/** The refusal by a limit of the store. */
export function storeFull(name: LimitName): AppError {
  return new AppError(
    "store_full",
    `Nothing was written: the limit for ${limits[name].what} is ${formatLimit(name)}.`,
  );
}

/** A write that is done whatever is there. Pure. */
export function withoutCondition(write: KeyWrite): KeyWrite {
  return write.op === "increment" ? write : { ...write, if_version: null };
}
