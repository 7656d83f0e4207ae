import { expect, it } from "vitest";
import { createRandom } from "../../../test/support/random.ts";
import { advance, findDue, MOST_IDS, readCursor, writeCursor } from "./event-cursor.ts";
import type { EventCursor } from "./event-cursor.ts";

const idOf = (at: number) => `run_${String(at).padStart(26, "0")}`;
const from = (at: number): EventCursor => ({ floor: idOf(at), open: [], told: [] });

it("a cursor is what it was when it comes back, and anything else is none", () => {
  const cursor = { floor: idOf(3), open: [idOf(1)], told: [idOf(4)] };
  expect(readCursor(writeCursor(cursor), "run")).toEqual(cursor);
  const others = ["", "x", btoa("{}"), btoa("null"), writeCursor({ ...cursor, floor: "apr_1" }), "\u{1F600}"];
  for (const text of others) expect(readCursor(text, "run"), text).toBeNull();
  expect(readCursor(writeCursor(cursor), "apr")).toBeNull();
});

it("a cursor stays bounded, and says when it had to forget", () => {
  const ids = Array.from({ length: MOST_IDS * 3 }, (_, at) => idOf(at + 1));
  const many = advance(from(0), { ids, unsettled: new Set() }, { delivered: ids, edge: idOf(0) });
  expect(many.cursor.told).toHaveLength(MOST_IDS);
  expect(many.isCut).toBe(false);
  const asleep = advance(from(0), { ids, unsettled: new Set(ids) }, { delivered: [], edge: idOf(5000) });
  expect(asleep.cursor.open).toHaveLength(MOST_IDS);
  expect(asleep.isCut).toBe(true);
});

it.each([1, 2, 3, 4, 5])(
  "whatever the order in which things begin, end and are written down, each is told once (%i)",
  (seed) => {
    const random = createRandom(seed);
    const between = (least: number, most: number) => least + random.below(most - least + 1);
    const LATE = 8;
    const things = Array.from({ length: 120 }, (_, at) => ({
      id: idOf(at + 1),
      written: at + 1 + between(0, LATE),
      ends: at + 1 + between(0, 60),
    }));
    let cursor = from(0);
    const told: string[] = [];
    for (let now = 0; now < 220; now += between(1, 7)) {
      const there = things.filter(({ written }) => written <= now);
      const ids = there.map(({ id }) => id).filter((id) => id > cursor.floor);
      const unsettled = new Set(there.filter(({ ends }) => ends > now).map(({ id }) => id));
      const delivered = findDue(cursor, { ids, unsettled }).slice(0, between(1, 9));
      told.push(...delivered);
      const after = advance(cursor, { ids, unsettled }, { delivered, edge: idOf(Math.max(0, now - LATE)) });
      expect(after.isCut).toBe(false);
      const kept = readCursor(writeCursor(after.cursor), "run");
      if (kept === null) throw new Error("the cursor is none");
      cursor = kept;
    }
    const rest = findDue(cursor, {
      ids: things.map(({ id }) => id).filter((id) => id > cursor.floor),
      unsettled: new Set(),
    });
    expect(told.concat(rest).toSorted()).toEqual(things.map(({ id }) => id));
  },
);
