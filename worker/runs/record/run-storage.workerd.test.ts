import { env, runInDurableObject } from "cloudflare:test";
import { expect, it } from "vitest";
import type { RunEvent } from "#contract/runs/run-event";
import { emptyTally } from "./attempt-tally.ts";
import { RunStorage } from "./run-storage.ts";
import type { JournalPart } from "./run-storage.ts";

function buildPart(seqFrom: number, seqTo: number): JournalPart {
  const events = Array.from({ length: seqTo - seqFrom + 1 }, (_, index): RunEvent => {
    const seq = seqFrom + index;
    const timestamp = "2026-03-02T09:00:00.000Z";
    return { seq, timestamp, type: "log", level: "info", stream: "stdout", message: `line ${seq}` };
  });
  return { attempt: 1, seq_from: seqFrom, seq_to: seqTo, events };
}

/** Five parts: events 2-4, 5, 8-12, 13, 14-20; our own milestones took the numbers between. */
const spans = [
  [2, 4],
  [5, 5],
  [8, 12],
  [13, 13],
  [14, 20],
] as const;

async function withJournal(body: (journal: RunStorage, meter: { rows: number }) => void): Promise<void> {
  const stub = env.RUN_OBJECT.get(env.RUN_OBJECT.newUniqueId());
  await runInDurableObject(stub, (_instance, { storage }) => {
    const meter = { rows: 0 };
    const journal = new RunStorage(storage.kv, meter);
    for (const [from, to] of spans)
      journal.append(buildPart(from, to), { ...emptyTally(to), offset: to * 100 });

    body(journal, meter);
  });
}

const numbers = ({ events }: { events: RunEvent[] }) => events.map(({ seq }) => seq);
const all = spans.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, index) => from + index));

it("reading from any event on gives what comes after it, once and in order", async () => {
  await withJournal((journal) => {
    for (let after = 0; after <= 21; after++)
      expect(numbers(journal.eventsAfter(after, 1000))).toEqual(all.filter((seq) => seq > after));
  });
});

it("pages of any size give every event once, and the last page says so", async () => {
  await withJournal((journal) => {
    for (let limit = 1; limit <= 8; limit++) {
      const seen: number[] = [];
      for (let more = true; more;) {
        const page = journal.eventsAfter(seen.at(-1) ?? 0, limit);
        seen.push(...numbers(page));
        more = page.more;
      }
      expect(seen).toEqual(all);
    }
  });
});

it("what is known of the attempt survives that its older events are let go of", async () => {
  await withJournal((journal, meter) => {
    const before = meter.rows;
    journal.dropEvents({ agent: null });
    expect(meter.rows - before).toBe(2);
    expect(numbers({ events: journal.tail({ agent: null }) })).toEqual(all.filter((seq) => seq >= 8));
    expect(journal.tally(1)).toMatchObject({ last_seq: 20, offset: 2000 });
  });
});

it("an attempt without a part of its own starts from nothing, after the last number given out", async () => {
  await withJournal((journal) => {
    expect(journal.tally(2)).toEqual(emptyTally(20));
  });
});

it("asking for a run that does not exist writes nothing", async () => {
  const stub = env.RUN_OBJECT.get(env.RUN_OBJECT.newUniqueId());
  await runInDurableObject(stub, (_instance, { storage }) => {
    const meter = { rows: 0 };
    expect(new RunStorage(storage.kv, meter).load()).toBeNull();
    expect(meter.rows).toBe(0);
    expect(storage.sql.exec("SELECT name FROM sqlite_schema WHERE name NOT LIKE '_cf_%'").toArray()).toEqual(
      [],
    );
  });
});
