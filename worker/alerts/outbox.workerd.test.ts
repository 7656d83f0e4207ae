import { env } from "cloudflare:workers";
import { runInDurableObject } from "cloudflare:test";
import { expect, it } from "vitest";
import { alertMessageSchema } from "#contract/alerts/alert";
import { sampleRunSummary } from "../../test/support/sample-records.ts";
import { verifies } from "../../test/verifies.ts";
import type { RunNotice } from "../runs/record/build-notice.ts";
import type { AlertTarget } from "./outbox-api.ts";
import type { MissedStart } from "./missed-start.ts";
import type { OutgoingMessage, SendResult } from "./send-delivery.ts";
import { newId } from "../platform/ids.ts";
import { Outbox } from "./outbox.ts";

const start = Date.parse("2026-03-02T09:00:00Z");
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const delivered: SendResult = { verdict: "delivered", status_code: 204, error: null, response_sample: "" };
const refused: SendResult = {
  verdict: "failed",
  status_code: 500,
  error: "It answered 500.",
  response_sample: "no",
};
const gone: SendResult = {
  verdict: "gone",
  status_code: 410,
  error: "It answered 410 Gone.",
  response_sample: "",
};

/** An outbox over the real tables of an object, with its clock, its alarm and its network held by the test. */
interface Harness {
  outbox: Outbox;
  clock: { now: number };
  sent: OutgoingMessage[];
  answers: (SendResult | Error)[];
  /** Addresses at which nobody ever answers. */
  hanging: Set<string>;
  /** The list of missed starts, and how often it cannot be written to first. */
  listed: MissedStart[];
  unlisted: number;
  rows: () => number;
  written: { statements: number };
  /** Lets the alarm ring when it is due and waits for the attempts; answers when that was, null if none is set. */
  ring(): Promise<number | null>;
  /** Forgets everything in memory. */
  evict(): void;
}

async function withOutbox(body: (harness: Harness) => Promise<void>): Promise<void> {
  const stub = env.WORKER_OBJECT.get(env.WORKER_OBJECT.newUniqueId());
  await runInDurableObject(stub, async (_instance, state) => {
    const work: Promise<unknown>[] = [];
    const { sql } = state.storage;
    const harness: Harness = {
      clock: { now: start },
      sent: [],
      answers: [],
      hanging: new Set(),
      listed: [],
      unlisted: 0,
      written: { statements: 0 },
      outbox: undefined as unknown as Outbox,
      rows: () => Number(sql.exec("SELECT count(*) AS n FROM alert_deliveries").one()["n"]),
      async ring() {
        const at = harness.outbox.nextWake();
        if (at === null) return null;
        harness.clock.now = Math.max(harness.clock.now, at);
        await harness.outbox.wake(harness.clock.now);
        await Promise.all(work.splice(0));
        return at;
      },
      evict() {
        harness.outbox = new Outbox({
          sql,
          write: (query, ...values) => {
            harness.written.statements += 1;
            sql.exec(query, ...values).toArray();
          },
          rearm: () => {},
          waitUntil: (promise) => void work.push(promise),
          clock: () => harness.clock.now,
          publicUrl: "https://floom.test",
          loadTargets: async () => [],
          newDeliveryId: (now) => newId("dlv", now),
          async listMissed(missed) {
            if (harness.unlisted-- > 0) throw new Error("The database is away.");
            harness.listed.push(missed);
          },
          async send(outgoing) {
            harness.sent.push(outgoing);
            if (harness.hanging.has(outgoing.target.url ?? "")) await new Promise(() => {});
            const answer = harness.answers.shift() ?? delivered;
            if (answer instanceof Error) throw answer;
            return answer;
          },
        });
      },
    };
    harness.evict();
    await body(harness);
  });
}

function buildTarget(change: Partial<AlertTarget> = {}): AlertTarget {
  return {
    id: "alt_1",
    workspace_id: "wsp_1",
    worker_id: "wrk_1",
    url: "https://example.com/hook",
    email_to: [],
    events: ["failed"],
    signer: null,
    email_subject: null,
    ...change,
  };
}

const missedStart = {
  worker_id: "wrk_1",
  worker_name: "hello-worker",
  trigger_id: "trg_1",
  trigger_name: "schedule-1",
  code: "missed",
  due_at: "2026-03-02T08:00:00.000Z",
  reason: "Nothing could start at that time.",
};

function buildNotice(
  change: Partial<RunNotice> = {},
  summary: Parameters<typeof sampleRunSummary>[0] = {},
): RunNotice {
  return {
    workspace_id: "wsp_1",
    worker_id: "wrk_1",
    summary: sampleRunSummary({
      status: "failed",
      ...summary,
    }),
    failure: null,
    approval: null,
    notify: null,
    origin: "https://floom.test",
    ...change,
  };
}

it("each attempt is made at its time by the schedule, under one id and with one body, and then it is given up", async () => {
  verifies("alerts:delivery:retry-schedule");
  await withOutbox(async (h) => {
    h.outbox.sync([buildTarget()]);
    h.answers = Array.from({ length: 12 }, () => refused);
    h.outbox.tellOf(buildNotice());
    const times: number[] = [];
    for (let at = await h.ring(); at !== null; at = await h.ring()) times.push(at - start);
    const gaps = times.map((at, i) => at - (times[i - 1] ?? 0));
    const hours = [2, 5, 10, 14, 20, 24].map((n) => n * HOUR);
    expect(gaps).toEqual([0, 5000, 5 * MINUTE, 30 * MINUTE, ...hours]);
    expect(new Set(h.sent.map((outgoing) => outgoing.delivery_id)).size).toBe(1);
    expect(new Set(h.sent.map((outgoing) => outgoing.body)).size).toBe(1);
    const [delivery] = h.outbox.list("alt_1", 10);
    expect(delivery).toMatchObject({ status: "failed", next_attempt_at: null, event: "run.failed" });
    expect(delivery?.attempts).toHaveLength(10);
    expect(delivery?.attempts[0]).toMatchObject({
      outcome: "failed",
      status_code: 500,
      response_sample: "no",
    });
  });
});

it("messages beyond those under way wait for one of them to end, and not in a circle of wake-ups", async () => {
  await withOutbox(async (h) => {
    h.outbox.sync([buildTarget()]);
    for (let n = 0; n < 11; n++) h.outbox.tellOf(buildNotice({}, { id: newId("run", start + n) }));
    await h.outbox.wake(start);
    expect(h.sent).toHaveLength(2);
    expect(h.outbox.nextWake()).toBeGreaterThan(start);
    await expect.poll(() => h.outbox.nextWake()).toBe(start);
    for (let sent = 4; sent <= 11; sent += 2) {
      await h.ring();
      expect(h.sent).toHaveLength(Math.min(11, sent));
    }
    await h.ring();
    expect(h.sent).toHaveLength(11);
  });
});

it("a receiver that never answers delays nobody's messages but its own", async () => {
  verifies("queue:wake:nobody-delays-others");
  await withOutbox(async (h) => {
    const dead = buildTarget({ id: "alt_dead", url: "https://dead.example.com/hook" });
    h.hanging.add(dead.url ?? "");
    h.outbox.sync([dead, buildTarget()]);
    for (let n = 0; n < 40; n++) h.outbox.tellOf(buildNotice({}, { id: newId("run", start + n) }));
    const sentTo = (id: string) => h.sent.filter(({ target }) => target.id === id).length;
    await expect
      .poll(async () => {
        await h.outbox.wake(start);
        return sentTo("alt_1");
      })
      .toBe(40);
    expect(sentTo("alt_dead")).toBe(2);
    expect(h.outbox.nextWake()).toBeGreaterThan(start);
  });
});

it("the end of a run reported twice makes one message", async () => {
  verifies("alerts:event:once-per-key");
  await withOutbox(async (h) => {
    h.outbox.sync([buildTarget({ email_to: ["ada@example.com"] })]);
    h.outbox.tellOf(buildNotice());
    h.outbox.tellOf(buildNotice());
    await h.ring();
    h.evict();
    h.outbox.tellOf(buildNotice());
    expect(await h.ring()).toBeNull();
    expect(h.sent.map((outgoing) => outgoing.channel).toSorted()).toEqual(["email", "webhook"]);
  });
});

it("a crash between sending and writing it down sends again under the same webhook-id", async () => {
  verifies("alerts:delivery:at-least-once");
  await withOutbox(async (h) => {
    h.outbox.sync([buildTarget()]);
    h.outbox.tellOf(buildNotice());
    // The receiver got it; the object went away before it could write that down.
    h.answers = [new Error("the object went away")];
    await h.ring();
    h.evict();
    await h.ring();
    expect(h.sent).toHaveLength(2);
    expect(h.sent[1]?.delivery_id).toBe(h.sent[0]?.delivery_id);
    expect(h.outbox.list("alt_1", 10)[0]).toMatchObject({ status: "delivered" });
    expect(await h.ring()).toBeNull();
  });
});

it("410 stops the posts of an alert until somebody starts them again or gives another address", async () => {
  verifies("alerts:delivery:gone-stops");
  await withOutbox(async (h) => {
    h.outbox.sync([buildTarget()]);
    h.answers = [gone];
    h.outbox.tellOf(buildNotice());
    await h.ring();
    h.evict();
    expect(h.outbox.sync([buildTarget()])).toEqual([
      { id: "alt_1", disabled_reason: "It answered 410 Gone." },
    ]);
    h.outbox.tellOf(buildNotice({}, { id: newId("run", start) }));
    expect(await h.ring()).toBeNull();
    const [stopped] = h.outbox.list("alt_1", 10);
    expect(h.outbox.redeliver("alt_1", stopped?.id ?? "")).toMatchObject({ kind: "disabled" });
    h.outbox.setDisabled("alt_1", null);
    h.outbox.tellOf(buildNotice({}, { id: newId("run", start + 1) }));
    await h.ring();
    expect(h.sent).toHaveLength(2);
    h.outbox.setDisabled("alt_1", "Stopped by hand.");
    expect(h.outbox.sync([buildTarget({ url: "https://example.com/other" })])[0]?.disabled_reason).toBeNull();
  });
});

it("a message can be delivered again, with the same id and a schedule of its own", async () => {
  verifies("alerts:delivery:redeliver");
  await withOutbox(async (h) => {
    h.outbox.sync([buildTarget()]);
    h.outbox.tellOf(buildNotice());
    await h.ring();
    const [first] = h.outbox.list("alt_1", 10);
    h.clock.now += HOUR;
    h.answers = [refused];
    expect(h.outbox.redeliver("alt_1", first?.id ?? "")).toMatchObject({ kind: "waiting" });
    await h.ring();
    expect(await h.ring()).toBe(start + HOUR + 5000);
    const [again] = h.outbox.list("alt_1", 10);
    expect(again).toMatchObject({ id: first?.id, status: "delivered" });
    expect(again?.attempts.map(({ outcome }) => outcome)).toEqual(["delivered", "failed", "delivered"]);
    expect(h.outbox.redeliver("alt_1", "dlv_nothing")).toEqual({ kind: "missing" });
  });
});

it("a worker without alerts writes nothing when a run ends", async () => {
  verifies("alerts:budget:no-rows-without-alerts");
  await withOutbox(async (h) => {
    h.outbox.tellOf(buildNotice());
    h.outbox.tellOf(buildNotice({}, { status: "completed" }));
    h.outbox.sync([]);
    expect(h.written.statements).toBe(0);
    h.outbox.sync([buildTarget({ events: ["completed"] })]);
    h.written.statements = 0;
    h.outbox.tellOf(buildNotice());
    h.outbox.tellOf(buildNotice({}, { status: "cancelled" }));
    expect(h.written.statements).toBe(0);
    expect(h.outbox.nextWake()).toBeNull();
  });
});

it("notify of the version that ran is told, by its own address, subject and secret", async () => {
  verifies("alerts:manifest:notify");
  await withOutbox(async (h) => {
    const notify = {
      url: "https://example.com/n",
      email_to: ["b@example.com"],
      on: ["failed"],
      secret: "HOOK",
      email_subject: "{status}!",
    };
    h.outbox.tellOf(buildNotice({ notify }));
    h.outbox.tellOf(buildNotice({ notify }, { id: newId("run", start), status: "completed" }));
    await h.ring();
    expect(
      h.sent.map(({ channel, target }) => [channel, target.url, target.signer, target.email_subject]),
    ).toEqual(
      ["email", "webhook"].map((channel) => [
        channel,
        notify.url,
        { kind: "named", name: "HOOK" },
        "{status}!",
      ]),
    );
    h.outbox.sync([]);
    expect(h.outbox.list("manifest", 10)).toHaveLength(2);
  });
});

it("a question of a run and a schedule that did not start are told to those who asked for that", async () => {
  verifies("alerts:event:topics");
  await withOutbox(async (h) => {
    h.outbox.sync([buildTarget({ events: ["approval_required", "schedule_missed"] })]);
    const approval = { id: "apr_1", label: "Send it", at: start, expires_at: start + HOUR };
    h.outbox.tellOf(buildNotice({ approval }, { status: "pending_approval" }));
    h.outbox.scheduleMissed(missedStart);
    h.outbox.tellOf(buildNotice());
    await h.ring();
    const messages = h.sent.map((outgoing) => alertMessageSchema.parse(JSON.parse(outgoing.body)));
    expect(messages.map(({ type }) => type).toSorted()).toEqual(["approval.required", "schedule.missed"]);
    expect(messages.find(({ type }) => type === "approval.required")?.data.approval).toEqual({
      id: "apr_1",
      label: "Send it",
      run_id: sampleRunSummary().id,
      expires_at: new Date(start + HOUR).toISOString(),
    });
  });
});

it("a missed start waits until it is on its list, for as long as that takes, and is nobody's message", async () => {
  verifies("events:missed:kept-until-listed");
  await withOutbox(async (h) => {
    h.unlisted = 30;
    h.outbox.scheduleMissed(missedStart);
    h.outbox.scheduleMissed(missedStart);
    expect(h.rows()).toBe(1);
    for (let tries = 0; tries < 30; tries++) {
      expect(await h.ring()).not.toBeNull();
      h.evict();
    }
    expect([h.listed, h.rows(), h.outbox.list("missed starts", 10)]).toEqual([[], 1, []]);
    const before = h.clock.now;
    await h.ring();
    expect(h.clock.now - before).toBe(10 * MINUTE);
    const { worker_id, trigger_id, code, reason } = missedStart;
    const due_at = Date.parse(missedStart.due_at);
    const what = { worker_id, trigger_id, name: "schedule-1", code, reason };
    expect(h.listed).toEqual([{ ...what, due_at, noted_at: start }]);
    expect([h.rows(), await h.ring(), h.sent]).toEqual([0, null, []]);
  });
});

it("an alert that is deleted takes its waiting messages along", async () => {
  await withOutbox(async (h) => {
    h.outbox.sync([buildTarget()]);
    h.answers = [refused];
    h.outbox.tellOf(buildNotice());
    await h.ring();
    h.outbox.sync([]);
    expect(h.rows()).toBe(0);
    expect(await h.ring()).toBeNull();
  });
});

it("a test is sent once, at once, also to an alert whose posts have stopped", async () => {
  await withOutbox(async (h) => {
    h.outbox.sync([buildTarget()]);
    h.outbox.setDisabled("alt_1", "Stopped by hand.");
    h.answers = [refused];
    const data = { worker: { name: "w", title: "W" }, status: "test", links: {} };
    const [delivery] = await h.outbox.test(buildTarget(), { type: "alert.test", key: "1", at: start, data });
    expect(delivery).toMatchObject({ status: "failed", event: "alert.test" });
    expect(delivery?.attempts).toHaveLength(1);
    expect(await h.ring()).toBeNull();
  });
});

it("an address that listens is told of what it asked for and of nothing else, once each, until its time is over", async () => {
  await withOutbox(async (h) => {
    const listen = (id: string, event: "run.finished" | "schedule.missed", lasts = HOUR) =>
      buildTarget({ id, events: [], listener: { event, expires_at: start + lasts } });
    h.outbox.sync([listen("sub_1", "run.finished"), listen("sub_2", "schedule.missed", 2 * HOUR)]);
    const happen = (due_at: string, id: string) => {
      for (const status of ["running", "cancelled"] as const)
        h.outbox.tellOf(buildNotice({}, { id: newIdAt(id), status }));
      h.outbox.scheduleMissed({ ...missedStart, due_at });
    };
    const newIdAt = (id: string) => newId("run", start + Number(id));
    happen("2026-03-02T08:00:00Z", "1");
    await h.ring();
    const told = () =>
      h.sent.map(({ target, body }) => [target.id, (JSON.parse(body) as { name: string }).name]);
    expect(told()).toEqual([
      ["sub_1", "run.finished"],
      ["sub_2", "schedule.missed"],
    ]);
    h.outbox.scheduleMissed({ ...missedStart, due_at: "2026-03-02T08:00:00Z" });
    await h.ring();
    expect([told().length, await h.ring()]).toEqual([2, null]);
    h.clock.now = start + HOUR;
    happen("2026-03-02T09:00:00Z", "2");
    await h.ring();
    expect(told().slice(2)).toEqual([["sub_2", "schedule.missed"]]);
    h.answers = [{ ...refused, verdict: "ended", status_code: null }];
    happen("2026-03-02T09:30:00Z", "3");
    await h.ring();
    expect([h.outbox.nextWake(), h.outbox.sync([]).length]).toEqual([null, 0]);
  });
});
