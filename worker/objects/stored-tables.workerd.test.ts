import { expect, it } from "vitest";
import { deliveryIdSchema, triggerIdSchema } from "#contract/ids";
import { overTables } from "../../test/support/workerd/stored-tables.ts";
import type { StoredRow, StoredTable } from "../../test/support/workerd/stored-tables.ts";
import { verifies } from "../../test/verifies.ts";
import stored from "../../test/fixtures/documents/v0.1.0-worker-object.json";
import { Outbox } from "../alerts/outbox.ts";
import type { OutboxDeps } from "../alerts/outbox.ts";
import { OutboxTable } from "../alerts/outbox-table.ts";
import type { OutgoingMessage } from "../alerts/send-delivery.ts";
import { Inbox } from "../hooks/inbox/inbox.ts";
import type { PartTools } from "../platform/objects/object-part.ts";
import { createQueueTable } from "../queue/queue-table.ts";
import { RunQueue } from "../queue/run-queue.ts";
import { runSpecDocument } from "../runs/spec/run-spec.ts";
import type { RunSpec } from "../runs/spec/run-spec.ts";
import { ScheduleTable } from "../schedules/schedule-table.ts";

const tables: StoredTable[] = stored;

function rowsOf(table: string): StoredRow[] {
  return tables.find(({ name }) => name === table)?.rows ?? [];
}

/** A cell that holds text. */
function textOf(row: StoredRow | undefined, column: string): string {
  const cell = row?.[column];
  if (typeof cell !== "string") throw new Error(`The fixture has no text in ${column}.`);
  return cell;
}

const start = Date.parse("2026-03-02T09:00:00Z");
const someTime = Date.parse("2027-01-01T00:00:00Z");

function refuse(): never {
  throw new Error("Nothing is done here.");
}

const openInbox = (tools: PartTools & { clock?: () => number }) =>
  new Inbox({ clock: () => someTime, ...tools, admit: refuse, deleteBody: async () => {} });

const openOutbox = (tools: PartTools, change: Partial<OutboxDeps> = {}) =>
  new Outbox({
    ...tools,
    clock: () => someTime,
    publicUrl: "http://floom.test",
    loadTargets: async () => [],
    newDeliveryId: refuse,
    send: refuse,
    listMissed: refuse,
    ...change,
  });

/** Every part of a worker's object, as its shell makes them. */
function openAll(tools: PartTools): void {
  createQueueTable(tools, runSpecDocument);
  new ScheduleTable(tools);
  openOutbox(tools);
  openInbox(tools);
}

it("a queue of an earlier version is taken over: its line, its keys, its pause and what is to be run", async () => {
  verifies("run:upgrade:stored-documents");
  const rows = rowsOf("queued_runs");
  await overTables(tables, (tools) => {
    const queue = createQueueTable(tools, runSpecDocument);
    const { entries, paused } = queue.load();
    expect({ entries: entries.length, paused }).toEqual({ entries: rows.length, paused: true });
    for (const { seq } of entries) expect(queue.findRun(seq)).toMatchObject({ priority: expect.any(String) });
    expect(queue.findRun(1)).toMatchObject({ dry: true, calls: ["leaf"], event: { text: '{"id":"1"}' } });
    expect(queue.findRun(2)).toMatchObject({ dry: false, calls: [], event: null, replay_of: null });
    const runs = entries.flatMap(({ seq }) => queue.findRun(seq) ?? []);
    for (const member of ["lineage", "replay_of", "approvals", "approval", "event", "requester"] as const) {
      const there = runs.filter((run) => run[member] !== null);
      expect([there.length > 0, there.length < runs.length], member).toEqual([true, true]);
    }
    const line = entries.filter(({ key }) => key === "customer-1");
    expect(line.map(({ priority, started, superseded }) => ({ priority, started, superseded }))).toEqual([
      { priority: "low", started: false, superseded: false },
      { priority: "normal", started: true, superseded: false },
      { priority: "high", started: false, superseded: true },
    ]);
    expect(queue.findRun(line[0]?.seq ?? 0)).toMatchObject({ secrets: ["STRIPE_KEY"] });
    expect(entries.at(-1)?.own).toEqual({ limit: 1, total: 3 });
    expect(queue.findKey("client:mine", 0)).toMatchObject({ run_id: expect.stringMatching(/^run_/) });
  });
});

it("schedules of an earlier version are still due at their times, with what became of the last ones", async () => {
  verifies("run:upgrade:stored-documents");
  await overTables(tables, (tools) => {
    const table = new ScheduleTable(tools);
    const names = table.list().map(({ entry }) => entry.name);
    expect(names.toSorted()).toEqual([
      "schedule-0",
      "schedule-1",
      "schedule-1",
      "schedule-api-1",
      "schedule-api-2",
    ]);
    expect(new Set(table.list().map(({ entry }) => entry.missed))).toEqual(new Set(["once", "skip", "all"]));
    const [due] = table.listDue(someTime);
    expect(due?.row).toMatchObject({ tries: 1 });
    expect(table.occurrences(due?.row.trigger_id ?? "", 10)).toHaveLength(6);
    const past = table.occurrences("trg_01kjps089g00000000000000aa", 10);
    expect(
      past.map(({ status, code }) => ({ status, code })).toSorted((a, b) => a.status.localeCompare(b.status)),
    ).toEqual([
      { status: "due", code: null },
      { status: "failed", code: "missing_secrets" },
      { status: "skipped", code: "worker_paused" },
      { status: "started", code: null },
    ]);
    expect(table.expectation()).not.toBeNull();
    expect(table.nextWake(0)).toBe(Date.parse("2026-03-02T12:00:00Z"));
  });
});

it("alerts of an earlier version still know whom to tell, and show what they have told", async () => {
  verifies("run:upgrade:stored-documents");
  await overTables(tables, (tools) => {
    const outbox = openOutbox(tools);
    const targets = new OutboxTable(tools).targets();
    expect([...targets.values()].map(({ target, disabled }) => [target.events.length, disabled])).toEqual([
      [2, null],
      [1, null],
      [2, null],
      [2, null],
      [1, "Stopped by hand."],
    ]);
    const told = ["manifest", ...targets.keys()].flatMap((id) => outbox.list(id, 10));
    const shown = told.map((one) => [
      one.event,
      one.channel,
      one.destination,
      one.status,
      one.attempts.length,
    ]);
    expect(shown).toEqual([
      ["run.failed", "email", "b@example.com", "delivered", 1],
      ["schedule.missed", "webhook", "https://example.com/hook", "delivered", 1],
      ["approval.required", "webhook", "https://example.com/hook", "delivered", 1],
      ["alert.test", "webhook", "https://example.com/hook", "failed", 1],
      ["run.failed", "webhook", "https://example.com/hook", "pending", 1],
      ["alert.test", "email", "ada@example.com", "delivered", 1],
    ]);
  });
});

it("a message that an earlier version had still to send is sent, byte for byte as it was written", async () => {
  verifies("run:upgrade:stored-documents");
  const sent: OutgoingMessage[] = [];
  const waiting = rowsOf("alert_deliveries").filter((row) => row["status"] === "pending");
  await overTables(tables, async (tools) => {
    const work: Promise<unknown>[] = [];
    const outbox = openOutbox(tools, {
      waitUntil: (one) => void work.push(one),
      async send(outgoing) {
        sent.push(outgoing);
        return { verdict: "delivered", status_code: 204, error: null, response_sample: "" };
      },
    });
    await outbox.wake(someTime);
    await Promise.all(work);
    expect(sent.map(({ body }) => body)).toEqual(waiting.map((row) => row["body"]));
    expect(sent).toHaveLength(1);
    const [now] = outbox.list(sent[0]?.target.id ?? "", 10);
    expect(now).toMatchObject({
      status: "delivered",
      attempts: [{ status_code: 500 }, { status_code: 204 }],
    });
  });
});

it("deliveries of an earlier version are listed, and one is shown with its body", async () => {
  verifies("run:upgrade:stored-documents");
  await overTables(tables, async (tools) => {
    const inbox = openInbox(tools);
    const page = { verdict: undefined, before: undefined, since: undefined, until: undefined };
    const triggers = new Set(rowsOf("deliveries").map((row) => textOf(row, "trigger_id")));
    const found = await Promise.all(
      [...triggers].map((triggerId) =>
        inbox.listDeliveries({ triggerId, ...page, limit: 20, ascending: true }),
      ),
    );
    const verdicts = found.flat().map(({ verdict }) => verdict);
    expect(Object.fromEntries(Map.groupBy(verdicts, (verdict) => verdict))).toMatchObject({
      accepted: { length: 6 },
      bad_signature: { length: 1 },
      duplicate: { length: 2 },
      invalid_inputs: { length: 1 },
      refused: { length: 2 },
    });
    const first = found.flat().find(({ external_id }) => external_id === "one");
    const one = await inbox.findDelivery(first?.trigger_id ?? "", first?.id ?? "");
    expect(new TextDecoder().decode(one?.body ?? new Uint8Array())).toBe('{"amount":1}');
    const large = found.flat().filter(({ stored: isLarge }) => isLarge);
    expect(large.map(({ body }) => body)).toEqual([null]);
    expect(one?.headers).toMatchObject({ "webhook-id": "one" });
  });
});

it("a repeat of what an earlier version took in is still known as one", async () => {
  verifies("run:upgrade:stored-documents");
  await overTables(tables, async (tools) => {
    const inbox = openInbox({ ...tools, clock: () => Date.parse("2026-11-28T06:00:00Z") });
    const first = await inbox.findDelivery(
      "trg_01m8gafgapek7wnb2mf6s5hnsz",
      "dlv_01m8gafhkm460773gznjx6pt42",
    );
    if (first === null) throw new Error("The fixture lost its first delivery.");
    const repeat = { ...first, id: deliveryIdSchema.parse("dlv_01m8gafhkm460773gznjx6pt43") };
    const receipt = { key: "id:one", digest: "another body", seconds: 60 };
    expect(await inbox.deliver({ delivery: repeat, receipts: [receipt], admit: null })).toEqual({
      kind: "duplicate",
      run_id: first.run_id,
      delivery_id: first.id,
    });
    const ping = { ...repeat, trigger_id: triggerIdSchema.parse("trg_01kjps089g00000000000000aa") };
    const known = { key: "id:ping", digest: "a", seconds: 60 };
    const again = await openInbox({ ...tools, clock: () => start }).deliver({
      delivery: ping,
      receipts: [known],
      admit: null,
    });
    expect(again).toMatchObject({ kind: "duplicate", run_id: null });
  });
});

it("tables of an earlier version end up as those of an object that is made today", async () => {
  verifies("run:upgrade:stored-documents");
  const shapeOf = ({ sql }: PartTools) =>
    sql
      .exec(
        `SELECT t.name AS "table", c.name, c.type, c."notnull", c.pk, c.dflt_value FROM sqlite_master AS t, pragma_table_info(t.name) AS c
         WHERE t.type = 'table' AND t.name NOT LIKE '\\_cf%' ESCAPE '\\' AND t.name <> 'table_versions' ORDER BY t.name, c.name`,
      )
      .toArray();
  const shapes: unknown[][] = [];
  for (const before of [tables, []]) {
    await overTables(before, (tools) => {
      openAll(tools);
      shapes.push(shapeOf(tools));
    });
  }
  const [old, fresh] = shapes;
  expect(fresh?.length).toBeGreaterThan(50);
  expect(old, "a table or column without a step that brings it to the objects that are there").toEqual(fresh);
});

/** The tables, with every document of one table's column in a form that is not known yet. */
function younger(table: string, column: string): StoredTable[] {
  const raise = (row: StoredRow): StoredRow => ({
    ...row,
    [column]: JSON.stringify({ ...JSON.parse(textOf(row, column)), schema: 9 }),
  });
  return tables.map((one) => (one.name === table ? { ...one, rows: one.rows.map(raise) } : one));
}

it.each<[document: string, table: string, column: string, read: (tools: PartTools) => unknown]>([
  ["run spec", "queued_runs", "spec", (tools) => createQueueTable(tools, runSpecDocument).findRun(1)],
  ["schedule", "schedules", "entry", (tools) => new ScheduleTable(tools).list()],
  ["alert target", "alert_targets", "target", (tools) => new OutboxTable(tools).targets()],
])(
  "a %s that a newer version wrote is refused by name, and stays as it is",
  async (name, table, column, read) => {
    verifies("run:upgrade:newer-documents");
    await overTables(younger(table, column), (tools) => {
      const before = tools.sql.exec(`SELECT * FROM ${table}`).toArray();
      expect(() => read(tools)).toThrow(
        new RegExp(`stored ${name} is of version 9, and this Floom knows it up to`),
      );
      expect(tools.sql.exec(`SELECT * FROM ${table}`).toArray()).toEqual(before);
    });
  },
);

it("a run of a newer version waits in its queue, and those behind it go on", async () => {
  verifies("run:upgrade:newer-documents");
  const [first, second] = rowsOf("queued_runs");
  const queued = { ...second, key_limit: 5, total: 5 };
  const spec = JSON.stringify({ ...JSON.parse(textOf(first, "spec")), schema: 9 });
  const line = [
    { ...queued, spec },
    { ...queued, seq: 2, run_id: "run_01kjps089g00000000000000aa" },
  ].map((row, index) => ({ ...row, seq: index + 1 }));
  const unpaused = tables.map((one) => ({
    ...one,
    rows: one.name === "queued_runs" ? line : one.name === "pause" ? [] : one.rows,
  }));
  await overTables(unpaused, async (tools) => {
    const told: string[] = [];
    const handOver = async (run: RunSpec) => {
      told.push(run.run_id);
      return { ended: false };
    };
    const table = createQueueTable(tools, runSpecDocument);
    const queue = new RunQueue<RunSpec>({
      ...tools,
      table,
      clock: () => someTime,
      random: () => 0,
      after: () => () => undefined,
      handOver,
      enlist: async () => undefined,
      supersede: handOver,
      giveUp: async () => undefined,
    });
    await queue.wake(someTime);
    await queue.wake(someTime);
    expect(new Set(told)).toEqual(new Set([table.findRun(2)?.run_id]));
    expect(table.load().entries.map(({ seq, started }) => ({ seq, started }))).toEqual([
      { seq: 1, started: false },
      { seq: 2, started: true },
    ]);
  });
});

it("an alert of a newer version stops the alerts of its worker and nothing else of it", async () => {
  verifies("run:upgrade:newer-documents");
  await overTables(younger("alert_targets", "target"), (tools) => {
    const before = tools.sql.exec("SELECT * FROM alert_targets").toArray();
    openAll(tools);
    expect(() => openOutbox(tools).sync([])).toThrow(/stored alert target is of version 9/);
    expect(tools.sql.exec("SELECT * FROM alert_targets").toArray()).toEqual(before);
  });
});
