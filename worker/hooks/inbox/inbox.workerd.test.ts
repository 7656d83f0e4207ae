import { env } from "cloudflare:workers";
import { runInDurableObject } from "cloudflare:test";
import { expect, it } from "vitest";
import { limits } from "#contract/limits";
import { verifies } from "../../../test/verifies.ts";
import { buildTestSpec } from "../../../test/support/workerd/engine-harness.ts";
import { newId } from "../../platform/ids.ts";
import type { AdmitReply } from "../../queue/queue-api.ts";
import { Inbox } from "./inbox.ts";
import type { DeliveryRecord } from "./inbox-api.ts";
import { numberedId } from "../../../test/support/numbered-id.ts";

const start = Date.parse("2026-03-01T00:00:00Z");
const day = 86_400_000;

interface Lab {
  clock: { now: number };
  /** Bodies beside the inbox that were removed. */
  removed: string[];
  /** What the queue answers next; by default it takes the run in. */
  answers: AdmitReply[];
  open: () => Inbox;
  record: (change?: Partial<DeliveryRecord>) => DeliveryRecord;
  count: (table: "deliveries" | "receipts") => number;
}

/** An inbox of its own tables inside a fresh object. */
async function withInbox(body: (lab: Lab) => Promise<void>): Promise<void> {
  const id = env.WORKER_OBJECT.newUniqueId();
  await runInDurableObject(env.WORKER_OBJECT.get(id), async (_instance, state) => {
    const clock = { now: start };
    const lab: Lab = {
      clock,
      removed: [],
      answers: [],
      open: () =>
        new Inbox({
          sql: state.storage.sql,
          write: (query, ...values) => void state.storage.sql.exec(query, ...values).toArray(),
          rearm: () => {},
          waitUntil: () => {},
          clock: () => clock.now,
          admit: ({ run }) =>
            lab.answers.shift() ?? {
              kind: "admitted",
              run_id: run.run_id,
              started: true,
              wait: null,
            },
          deleteBody: async (deliveryId) => void lab.removed.push(deliveryId),
        }),
      record: (change = {}) => ({
        id: newId("dlv", clock.now),
        trigger_id: TRIGGER,
        received_at: clock.now,
        verdict: "accepted",
        reason: null,
        run_id: null,
        external_id: null,
        redelivery_of: null,
        method: "POST",
        content_type: null,
        ip: null,
        size_bytes: 2,
        headers: {},
        query: {},
        stored: false,
        body: new TextEncoder().encode("{}"),
        ...change,
      }),
      count: (table) =>
        state.storage.sql
          .exec<{
            n: number;
          }>(`SELECT count(*) AS n FROM ${table}`)
          .one().n,
    };
    await body(lab);
  });
}

const TRIGGER = numberedId("trg", 1);
const receipts = [{ key: "id:1", digest: "a", seconds: limits.receipt_seconds.value }];
const admitOf = () => ({
  run: buildTestSpec({ run_id: newId("run", start) }),
  idempotency: null,
  concurrency: { key: "", limit: 1, total: 1, on_conflict: "queue" as const },
});

it("a full queue refuses a delivery and remembers nothing of it, so that it may come again", async () => {
  await withInbox(async (lab) => {
    const inbox = lab.open();
    lab.answers.push({ kind: "full", limit: 5 });
    const first = await inbox.deliver({ delivery: lab.record(), receipts, admit: admitOf() });
    expect(first).toEqual({ kind: "refused", reply: { kind: "full", limit: 5 } });
    expect(lab.count("receipts")).toBe(0);
    const second = await inbox.deliver({ delivery: lab.record(), receipts, admit: admitOf() });
    expect(second.kind).toBe("taken");
    const found = await inbox.listDeliveries({
      triggerId: TRIGGER,
      verdict: "refused",
      before: undefined,
      since: undefined,
      until: undefined,
      limit: 10,
      ascending: false,
    });
    expect(found.map(({ reason }) => reason)).toEqual(["queue_full: 5 runs wait already"]);
  });
});

it("deliveries and receipts go after seven days, bodies beside the inbox with them", async () => {
  verifies("webhooks:inbox:seven-days");
  await withInbox(async (lab) => {
    const old = lab.record({ stored: true, body: null, size_bytes: 100_000 });
    await lab.open().deliver({ delivery: old, receipts, admit: admitOf() });
    // An object that comes back finds the time of its sweep again.
    const inbox = lab.open();
    expect(inbox.nextWake()).toBe(start + day);
    for (let passed = 1; passed <= 7; passed++) {
      lab.clock.now = start + passed * day;
      await inbox.wake(lab.clock.now);
    }
    expect([lab.count("deliveries"), lab.count("receipts")]).toEqual([1, 0]);
    lab.clock.now = start + 8 * day;
    await inbox.wake(lab.clock.now);
    expect([lab.count("deliveries"), lab.removed, inbox.nextWake()]).toEqual([0, [old.id], null]);
  });
});

it("an inbox that outgrows its bounds loses its oldest deliveries, and still knows a repeat", async () => {
  verifies("webhooks:inbox:bounded");
  await withInbox(async (lab) => {
    const inbox = lab.open();
    const half = limits.inbox_bytes.value / 2;
    const place = { stored: true, body: null };
    const first = lab.record({ ...place, size_bytes: half });
    const taken = await inbox.deliver({ delivery: first, receipts, admit: admitOf() });
    lab.clock.now += 1000;
    await inbox.deliver({
      delivery: lab.record({ ...place, size_bytes: half }),
      receipts: [],
      admit: admitOf(),
    });
    lab.clock.now += 1000;
    await inbox.deliver({
      delivery: lab.record({ ...place, size_bytes: 1 }),
      receipts: [],
      admit: admitOf(),
    });
    lab.clock.now = start + day;
    await inbox.wake(lab.clock.now);
    expect([lab.count("deliveries"), lab.removed]).toEqual([2, [first.id]]);
    const again = await inbox.deliver({ delivery: lab.record(), receipts, admit: admitOf() });
    expect(again).toEqual({
      kind: "duplicate",
      delivery_id: first.id,
      run_id: taken.kind === "taken" ? taken.run_id : null,
    });
  });
});

it("of bad signatures a hundred are kept, and how many were not is said", async () => {
  verifies("webhooks:inbox:floods-are-sampled");
  await withInbox(async (lab) => {
    const inbox = lab.open();
    for (let minute = 0; minute < 12; minute++) {
      for (let n = 0; n < 15; n++) {
        lab.clock.now = start + minute * 60_000 + n;
        await inbox.noteUnsigned(lab.record({ verdict: "bad_signature", reason: "no" }));
      }
    }
    expect(lab.count("deliveries")).toBe(limits.inbox_unsigned_items.value);
    const [newest] = await inbox.listDeliveries({
      triggerId: TRIGGER,
      verdict: undefined,
      before: undefined,
      since: start + 11 * 6e4,
      until: undefined,
      limit: 1,
      ascending: true,
    });
    expect(newest?.reason).toBe("no (and 5 more before it that were not kept)");
  });
});

it("a flood of bad signatures is sampled the same however often the object goes away in between", async () => {
  verifies("webhooks:inbox:floods-are-sampled", "run:memory:nothing-in-a-field");
  await withInbox(async (lab) => {
    for (let n = 0; n < 15; n++) {
      lab.clock.now = start + n;
      await lab.open().noteUnsigned(lab.record({ verdict: "bad_signature", reason: "no" }));
    }
    expect(lab.count("deliveries")).toBe(10);
  });
});

it("what strangers send unsigned pushes nothing out that was signed, however large they say it is", async () => {
  verifies("webhooks:inbox:bounded");
  await withInbox(async (lab) => {
    const inbox = lab.open();
    const signed = lab.record();
    await inbox.deliver({ delivery: signed, receipts, admit: admitOf() });
    const size_bytes = limits.webhook_body_bytes.value;
    for (let n = 1; n <= limits.inbox_unsigned_items.value; n++) {
      lab.clock.now = start + n * 60_000;
      await inbox.noteUnsigned(lab.record({ verdict: "bad_signature", size_bytes }));
    }
    lab.clock.now = start + day;
    await inbox.wake(lab.clock.now);
    expect(await inbox.findDelivery(TRIGGER, signed.id)).toMatchObject({ id: signed.id });
  });
});

it("the large body of a repeat is not kept beside the inbox a second time", async () => {
  await withInbox(async (lab) => {
    const inbox = lab.open();
    const large = { stored: true, body: null, size_bytes: limits.inbox_body_bytes.value + 1 };
    await inbox.deliver({ delivery: lab.record(large), receipts, admit: admitOf() });
    const repeat = lab.record(large);
    await inbox.deliver({ delivery: repeat, receipts, admit: admitOf() });
    expect(lab.removed).toEqual([repeat.id]);
  });
});
