import { expect, it } from "vitest";
import { askAgent } from "../../test/support/sandbox-agent/ask-agent.ts";

/** A journal of the given limit, what it told its writer, and all that a reader can read. */
const prelude = `
from agent.journal import OutputJournal
pressure = []
def open_journal(limit=8 * 1024 * 1024):
    return OutputJournal(lambda: limit, pressure.append)
def read_all(cursor):
    chunks = []
    while (chunk := cursor.next()) is not None: chunks.append(chunk)
    return chunks
def text(cursor): return " ".join(f"{stream[3]}:{data.decode()}" for stream, data in read_all(cursor))
`;

const ask = (code: string): unknown => askAgent(prelude + code);

it("gives every reader everything, in the order of both streams, and what comes later", () => {
  const told = ask(`
journal = open_journal()
journal.append("stdout", b"a")
journal.append("stderr", b"b")
early = journal.open_cursor()
first = text(early)
journal.append("stdout", b"c")
answer = [first, text(early), text(journal.open_cursor())]`);
  expect(told).toEqual(["o:a e:b", "o:c", "o:a e:b o:c"]);
});

it("joins short writes of one stream, and never changes what a reader already has", () => {
  const told = ask(`
journal = open_journal()
cursor = journal.open_cursor()
journal.append("stdout", b"one")
first = cursor.next()
for _ in range(1000): journal.append("stdout", b"x")
answer = [first[1].decode(), len(cursor.next()[1]), cursor.next()]`);
  expect(told).toEqual(["one", 1000, null]);
});

it("cuts long writes into chunks of at most 32 KiB", () => {
  const told = ask(`
journal = open_journal()
cursor = journal.open_cursor()
journal.append("stdout", bytes(100_000))
sizes = [len(data) for _, data in read_all(cursor)]
answer = [max(sizes), sum(sizes)]`);
  expect(told).toEqual([32 * 1024, 100_000]);
});

it("drops the oldest output beyond its limit, but nothing a live reader still needs", () => {
  const told = ask(`
journal = open_journal(64 * 1024)
live = journal.open_cursor()
for index in range(10): journal.append("stdout", bytes([index]) * 32 * 1024)
kept = live.next()[1][0]
live.close()
journal.append("stdout", bytes([10]) * 32 * 1024)
answer = [kept, journal.cost_bytes <= 64 * 1024, journal.open_cursor().next()[1][0]]`);
  expect(told).toEqual([0, true, 10]);
});

it("counts book-keeping, so that single bytes of changing streams stay within the limit", () => {
  const told = ask(`
journal = open_journal(64 * 1024)
for index in range(20_000): journal.append("stdout" if index % 2 else "stderr", b"x")
answer = journal.cost_bytes <= 64 * 1024`);
  expect(told).toBe(true);
});

it("asks the writer to stop while the slowest reader is far behind, and to go on when it left", () => {
  const told = ask(`
journal = open_journal()
slow = journal.open_cursor()
for _ in range(33): journal.append("stdout", bytes(32 * 1024))
behind = pressure[:]
read_all(slow)
caught_up = pressure[:]
stuck = journal.open_cursor()
again = pressure[:]
stuck.close()
answer = [behind, caught_up, again, pressure]`);
  expect(told).toEqual([[true], [true, false], [true, false, true], [true, false, true, false]]);
});

it("does not stop a writer nobody listens to", () => {
  const told = ask(`
journal = open_journal(64 * 1024)
for _ in range(100): journal.append("stdout", bytes(32 * 1024))
answer = pressure`);
  expect(told).toEqual([]);
});
