import { expect, it } from "vitest";
import { limits } from "#contract/limits";
import { createRandom } from "../../test/support/random.ts";
import { verifies } from "../../test/verifies.ts";
import { entryBytes, judgeWrite, requireRoom } from "./judge-write.ts";
import type { KeyWrite, StoredEntry } from "./store-api.ts";

const text = (value: string) => new TextEncoder().encode(value);
const entry = (value: string, change: Partial<StoredEntry> = {}): StoredEntry => ({
  key: "k",
  kind: "json",
  value: text(value),
  size_bytes: value.length,
  version: "v1",
  updated_at: 0,
  expires_at: null,
  ...change,
});
const at = { now: 1000, version: "v2" };
const add = (by: string, ttl_seconds: number | null = null): KeyWrite => ({
  op: "increment",
  key: "k",
  by,
  ttl_seconds,
});
const read = (found: StoredEntry | null) => found && new TextDecoder().decode(found.value);

it("counting is exact over the whole range of 64 bits, and never leaves it", () => {
  verifies("store:keys:exact");
  const random = createRandom(11);
  const most = 2n ** 63n - 1n;
  for (let round = 0; round < 2000; round++) {
    const digits = () => Array.from({ length: 1 + random.below(19) }, () => random.below(10)).join("");
    const number = () => {
      const value = BigInt(digits()) * (random.chance(0.5) ? 1n : -1n);
      return value > most || value < -most - 1n ? most : value;
    };
    const [from, by] = [number(), number()];
    const sum = from + by;
    const count = () => read(judgeWrite(entry(` ${from}\n`), add(String(by)), at));
    if (sum > most || sum < -most - 1n) expect(count).toThrow(/64 bits/);
    else expect(count()).toBe(String(sum));
  }
  for (const other of ["1.0", "1e3", '"1"', "null", "[1]", "", "12345678901234567890"])
    expect(() => judgeWrite(entry(other), add("1"), at), other).toThrow(/was not counted/);
  expect(() => judgeWrite(entry("1", { kind: "bytes" }), add("1"), at)).toThrow(/no whole number/);
});

it("a count keeps the end that the key had, unless it is given another", () => {
  expect(judgeWrite(entry("1", { expires_at: 5000 }), add("1"), at)?.expires_at).toBe(5000);
  expect(judgeWrite(entry("1", { expires_at: 5000 }), add("1", 60), at)?.expires_at).toBe(61_000);
  expect(judgeWrite(null, add("-3"), at)).toMatchObject({ version: "v2", updated_at: 1000, size_bytes: 2 });
});

it("a write with a version is done on that version and on no other", () => {
  verifies("store:keys:compare-and-set");
  const set = (if_version: string | null): KeyWrite => ({
    op: "set",
    key: "k",
    kind: "json",
    value: text("2"),
    ttl_seconds: null,
    if_version,
  });
  for (const [found, asked, isDone] of [
    [entry("1"), "v1", true],
    [entry("1"), "v0", false],
    [entry("1"), "none", false],
    [entry("1"), null, true],
    [null, "none", true],
    [null, "v1", false],
    [null, null, true],
  ] as const) {
    const write = () => judgeWrite(found, set(asked), at);
    if (isDone) expect(read(write())).toBe("2");
    else expect(write).toThrow(/was not written/);
    const remove = () => judgeWrite(found, { op: "delete", key: "k", if_version: asked }, at);
    if (isDone) expect(remove()).toBeNull();
    else expect(remove).toThrow(/was not written/);
  }
});

it("a store does not grow beyond its limits, and one that is over them may shrink", () => {
  verifies("store:quota:shown");
  const [entries, bytes] = [limits.store_entries.value, limits.store_bytes.value];
  expect(() => requireRoom({ entries: entries - 1, bytes: 0 }, { entries, bytes: 0 })).not.toThrow();
  expect(() => requireRoom({ entries, bytes: 0 }, { entries: entries + 1, bytes: 0 })).toThrow(
    /keys of one store/,
  );
  expect(() => requireRoom({ entries: 1, bytes }, { entries: 1, bytes: bytes + 1 })).toThrow(
    /keys and values/,
  );
  expect(() => requireRoom({ entries: 1, bytes: bytes + 9 }, { entries: 1, bytes: bytes + 5 })).not.toThrow();
  expect(entryBytes({ key: "ä", size_bytes: 3 })).toBe(5);
});
