import { expect, it } from "vitest";
import { OutputJournal } from "./output-journal.ts";
import type { JournalCursor } from "./output-journal.ts";

const MIB = 1024 * 1024;

function openJournal(limitBytes = 8 * MIB) {
  const pressure: boolean[] = [];
  const journal = new OutputJournal({
    limitBytes: () => limitBytes,
    onPressure: (paused) => pressure.push(paused),
  });
  return { journal, pressure };
}

function readAll(cursor: JournalCursor): string {
  let text = "";
  for (let chunk = cursor.next(); chunk !== undefined; chunk = cursor.next())
    text += `${chunk.stream === "stdout" ? "o" : "e"}:${Buffer.from(chunk.bytes).toString()} `;

  return text.trim();
}

it("gives every reader everything, in the order of both streams, and what comes later", () => {
  const { journal } = openJournal();
  journal.append("stdout", Buffer.from("a"));
  journal.append("stderr", Buffer.from("b"));
  const early = journal.openCursor();
  expect(readAll(early)).toBe("o:a e:b");
  journal.append("stdout", Buffer.from("c"));
  expect(readAll(early)).toBe("o:c");
  expect(readAll(journal.openCursor())).toBe("o:a e:b o:c");
});

it("joins short writes of one stream, and never changes what a reader already has", () => {
  const { journal } = openJournal();
  const cursor = journal.openCursor();
  journal.append("stdout", Buffer.from("one"));
  const first = cursor.next();
  for (let index = 0; index < 1000; index += 1) journal.append("stdout", Buffer.from("x"));
  expect(Buffer.from(first?.bytes ?? []).toString()).toBe("one");
  expect(cursor.next()?.bytes.length).toBe(1000);
  expect(cursor.next()).toBeUndefined();
});

it("cuts long writes into chunks of at most 32 KiB", () => {
  const { journal } = openJournal();
  const cursor = journal.openCursor();
  journal.append("stdout", Buffer.alloc(100_000, 1));
  const lengths: number[] = [];
  for (let chunk = cursor.next(); chunk !== undefined; chunk = cursor.next())
    lengths.push(chunk.bytes.length);
  expect(Math.max(...lengths)).toBe(32 * 1024);
  expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(100_000);
});

it("drops the oldest output beyond its limit, but nothing a live reader still needs", () => {
  const { journal } = openJournal(64 * 1024);
  const live = journal.openCursor();
  for (let index = 0; index < 10; index += 1) journal.append("stdout", Buffer.alloc(32 * 1024, index));
  expect(live.next()?.bytes[0]).toBe(0);
  live.close();
  journal.append("stdout", Buffer.alloc(32 * 1024, 10));
  expect(journal.costBytes).toBeLessThanOrEqual(64 * 1024);
  expect(journal.openCursor().next()?.bytes[0]).toBe(10);
});

it("counts book-keeping, so that single bytes of changing streams stay within the limit", () => {
  const { journal } = openJournal(64 * 1024);
  for (let index = 0; index < 100_000; index += 1)
    journal.append(index % 2 === 0 ? "stdout" : "stderr", Buffer.from("x"));

  expect(journal.costBytes).toBeLessThanOrEqual(64 * 1024);
});

it("asks the writer to stop while the slowest reader is far behind, and to go on when it left", () => {
  const { journal, pressure } = openJournal();
  const slow = journal.openCursor();
  for (let index = 0; index < 33; index += 1) journal.append("stdout", Buffer.alloc(32 * 1024));
  expect(pressure).toEqual([true]);
  while (slow.next() !== undefined);
  expect(pressure).toEqual([true, false]);
  const stuck = journal.openCursor();
  expect(pressure).toEqual([true, false, true]);
  stuck.close();
  expect(pressure).toEqual([true, false, true, false]);
});

it("does not stop a writer nobody listens to", () => {
  const { journal, pressure } = openJournal(64 * 1024);
  for (let index = 0; index < 100; index += 1) journal.append("stdout", Buffer.alloc(32 * 1024));
  expect(pressure).toEqual([]);
});
