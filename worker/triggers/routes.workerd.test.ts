import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { problemSchema } from "#contract/problem";
import { scheduleCalendarSchema } from "#contract/triggers/calendar";
import { createdTriggerSchema, occurrenceSchema, triggerSchema } from "#contract/triggers/trigger";
import type { Trigger } from "#contract/triggers/trigger";
import { callApi, strangerToken } from "../../test/support/workerd/api-harness.ts";
import { verifies } from "../../test/verifies.ts";

interface Declared {
  triggers?: string;
  inputs?: string;
  script?: string;
}

/** Pushes a worker; `triggers` and `inputs` are lines of worker.yml. */
async function push(name: string, { triggers = "", inputs = "[]", script = "print(1)" }: Declared) {
  const worker_yml = `schema_version: "0.3"
name: ${name}
title: ${name}
description: Does what its test asks for
version: "1.0.0"
exec:
  entry: run.py
  command: python run.py
  inputs: ${inputs}
triggers: [${triggers}]
`;
  const seen = await callApi("GET", `/api/workers/${name}`);
  return seen.status === 200
    ? callApi("PUT", `/api/workers/${name}`, { json: { worker_yml, run_py: script } })
    : callApi("POST", "/api/workers", { json: { worker_yml, run_py: script } });
}

async function list(name: string): Promise<Trigger[]> {
  const response = await callApi("GET", `/api/workers/${name}/triggers`);
  return triggerSchema.array().parse(await response.json());
}

const daily = '{type: schedule, cron: "0 9 * * *", timezone: Europe/Berlin}';

it("a push makes the triggers of worker.yml the worker's, under names that stay", async () => {
  verifies("schedule:reconcile:manifest-is-the-truth");
  await push("reconciled", {
    triggers: `${daily}, {type: webhook}, {type: schedule, name: monthly, cron: "@monthly"}`,
  });
  const first = await list("reconciled");
  expect(first.map(({ name, type, origin, paused }) => ({ name, type, origin, paused }))).toEqual([
    { name: "monthly", type: "schedule", origin: "manifest", paused: false },
    { name: "schedule-1", type: "schedule", origin: "manifest", paused: false },
    { name: "webhook-1", type: "webhook", origin: "manifest", paused: false },
  ]);
  const schedule = first[1];
  expect(schedule).toMatchObject({ cron: "0 9 * * *", timezone: "Europe/Berlin", missed: "once" });
  expect(schedule?.next).toHaveLength(5);
  expect(schedule?.next_at).toBe(schedule?.next[0]);
  expect(first[2]?.webhook?.url).toBe(`http://floom.test/hooks/${first[2]?.id}`);

  await callApi("POST", `/api/triggers/${schedule?.id}/pause`);
  await push("reconciled", { triggers: '{type: schedule, cron: "0 8 * * *"}', script: "print(2)" });
  const second = await list("reconciled");
  expect(second).toHaveLength(1);
  expect(second[0]).toMatchObject({
    id: schedule?.id,
    cron: "0 8 * * *",
    paused: true,
    next_at: null,
    next: [],
  });
});

it("more triggers than a worker may have are refused at the push, and those that are there already can be taken out", async () => {
  verifies("schedule:limit:refused-and-removable");
  const many = Array.from(
    { length: 150 },
    (_, n) => `{type: schedule, name: s-${n}, cron: "${n % 60} 0 * * *"}`,
  ).join(", ");
  const refused = await push("crowded", { triggers: many });
  expect(refused.status).toBe(422);
  expect(JSON.stringify(await refused.json())).toContain(
    "150 triggers are declared; a worker has at most 100",
  );
  await push("crowded", { triggers: daily });
  // From the time before there was a limit.
  await env.DB.prepare(
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 150)
     INSERT INTO triggers (id, workspace_id, worker_id, worker_name, name, type, origin, spec, paused, pinned_version, secret_box, created_at, updated_at)
     SELECT 'trg_' || printf('%026d', i), workspace_id, worker_id, worker_name, 's-' || i, type, origin, spec, paused, pinned_version, secret_box, created_at, updated_at FROM n, triggers WHERE worker_name = 'crowded'`,
  ).run();
  expect(await list("crowded")).toHaveLength(151);
  expect((await push("crowded", { script: "print(2)" })).status).toBe(200);
  expect(await list("crowded")).toEqual([]);
});

it("a trigger made through the API stays when the worker is pushed, and goes with the worker", async () => {
  verifies("schedule:reconcile:api-made-stay");
  await push("kept", { triggers: daily });
  const made = await callApi("POST", "/api/workers/kept/triggers", {
    json: { type: "schedule", cron: "*/5 * * * *" },
  });
  expect(made.status).toBe(201);
  const { id } = triggerSchema.parse(await made.json());
  await push("kept", { triggers: "{type: manual}", script: "print(2)" });
  expect((await list("kept")).map((trigger) => [trigger.id, trigger.name])).toEqual([[id, "schedule-api-1"]]);
  await callApi("DELETE", "/api/workers/kept");
  expect((await callApi("GET", `/api/triggers/${id}`)).status).toBe(404);
});

it("a schedule whose runs would be refused is refused at the push and at the API, not when it is due", async () => {
  verifies("schedule:inputs:refused-early");
  const inputs = "[{name: city, kind: scalar, type: string, required: true}]";
  const refused = await push("needy", { triggers: daily, inputs });
  expect(refused.status).toBe(422);
  const problem = problemSchema.parse(await refused.json());
  expect(problem.errors?.[0]).toMatchObject({ code: "bad_trigger_inputs", line: 10 });
  expect(problem.detail).toContain("city is required");

  const withInputs = daily.replace("}", ", inputs: {city: Oslo}}");
  expect((await push("needy", { triggers: withInputs, inputs })).status).toBe(201);
  const create = (json: object) => callApi("POST", "/api/workers/needy/triggers", { json });
  const bare = await create({ type: "schedule", cron: "@daily" });
  expect(problemSchema.parse(await bare.json())).toMatchObject({ status: 422, code: "invalid_inputs" });
  const badCron = await create({ type: "schedule", cron: "61 * * * *", inputs: { city: "Rome" } });
  expect(problemSchema.parse(await badCron.json()).errors?.[0]?.pointer).toBe("/cron");
  const badZone = await create({
    type: "schedule",
    cron: "@daily",
    timezone: "Mars/Olympus",
    inputs: { city: "Rome" },
  });
  expect(problemSchema.parse(await badZone.json()).errors?.[0]?.pointer).toBe("/timezone");
});

it("what worker.yml says of a trigger is not changed behind its back; pause and pin are", async () => {
  await push("declared", { triggers: daily });
  const [trigger] = await list("declared");
  const path = `/api/triggers/${trigger?.id}`;
  const refused = await callApi("PATCH", path, { json: { cron: "@hourly" } });
  expect(problemSchema.parse(await refused.json()).code).toBe("conflict");
  expect((await callApi("DELETE", path)).status).toBe(409);
  const pinned = await callApi("PATCH", path, { json: { pinned_version: 1 } });
  expect(triggerSchema.parse(await pinned.json()).pinned_version).toBe(1);
  expect((await callApi("PATCH", path, { json: { pinned_version: 7 } })).status).toBe(422);
});

it("a schedule can be paused and resumed even when its inputs no longer fit the worker", async () => {
  await push("outgrown", { triggers: "{type: manual}" });
  const made = await callApi("POST", "/api/workers/outgrown/triggers", {
    json: { type: "schedule", cron: "@daily" },
  });
  const { id } = triggerSchema.parse(await made.json());
  const inputs = "[{name: city, kind: scalar, type: string, required: true}]";
  await push("outgrown", { triggers: "{type: manual}", inputs, script: "print(2)" });
  const paused = await callApi("POST", `/api/triggers/${id}/pause`);
  expect(triggerSchema.parse(await paused.json()).paused).toBe(true);
  expect((await callApi("POST", `/api/triggers/${id}/resume`)).status).toBe(200);
  const pinned = await callApi("PATCH", `/api/triggers/${id}`, { json: { pinned_version: 2 } });
  expect(problemSchema.parse(await pinned.json()).code).toBe("invalid_inputs");
});

it("a trigger can be tested at any time, on the version it would start", async () => {
  await push("tested", {
    triggers: `{type: schedule, cron: "@yearly", inputs: {who: you}}`,
    inputs: "[{name: who, kind: scalar, type: string}]",
  });
  const [trigger] = await list("tested");
  const response = await callApi("POST", `/api/triggers/${trigger?.id}/test`);
  expect(response.status).toBe(202);
  const { run_id } = (await response.json()) as { run_id: string };
  const run = (await (await callApi("GET", `/api/runs/${run_id}`)).json()) as Record<string, unknown>;
  expect(run).toMatchObject({ trigger_source: "schedule", trigger_ref: trigger?.id, inputs: { who: "you" } });
});

it("a stranger cannot tell another workspace's trigger from none", async () => {
  verifies("access:every-route:stranger-404");
  await push("hidden", { triggers: daily });
  const [trigger] = await list("hidden");
  const token = await strangerToken();
  const calls: [string, string, object?][] = [
    ["GET", ""],
    ["PATCH", "", { paused: true }],
    ["DELETE", ""],
    ["POST", "/pause"],
    ["POST", "/resume"],
    ["POST", "/test"],
    ["GET", "/occurrences"],
  ];
  for (const [method, rest, json] of calls) {
    const ask = async (id: string | undefined) => {
      const response = await callApi(method, `/api/triggers/${id}${rest}`, { token, json });
      const { instance: _i, request_id: _r, ...problem } = problemSchema.parse(await response.json());
      return problem;
    };
    const theirs = await ask(trigger?.id);
    expect(theirs.status).toBe(404);
    expect(theirs).toEqual(await ask("trg_00000000000000000000000000"));
  }
});

it("the next five times of an expression can be asked for, and a bad one is named", async () => {
  const ask = (query: string) => callApi("GET", `/api/schedules/preview?${query}`);
  const shown = (await (await ask("cron=0+9+*+*+1-5&timezone=Asia/Tokyo")).json()) as { next: string[] };
  expect(shown.next).toHaveLength(5);
  expect(shown.next.every((time) => time.endsWith("T00:00:00.000Z"))).toBe(true);
  expect(problemSchema.parse(await (await ask("cron=99+9+*+*+*")).json()).errors?.[0]?.pointer).toBe("cron");
});

it("a schedule that has never been due has no occurrences", async () => {
  await push("unseen", { triggers: daily });
  const [trigger] = await list("unseen");
  const response = await callApi("GET", `/api/triggers/${trigger?.id}/occurrences`);
  expect(occurrenceSchema.array().parse(await response.json())).toEqual([]);
});

it("a webhook made through the API has its secret from its first write on", async () => {
  verifies("webhooks:secret:one-write");
  await push("signed-at-once", {});
  // As if the edge went away between its first write and a second.
  await env.DB.exec(
    "CREATE TRIGGER gone BEFORE UPDATE ON triggers BEGIN SELECT RAISE(ABORT, 'the edge is gone'); END",
  );
  const made = await callApi("POST", "/api/workers/signed-at-once/triggers", { json: { type: "webhook" } });
  await env.DB.exec("DROP TRIGGER gone");
  expect(made.status).toBe(201);
  const { secret, webhook } = createdTriggerSchema.parse(await made.json());
  expect(secret).toMatch(/^whsec_/);
  expect(webhook).toMatchObject({ secret_set: true });
  const [listed] = await list("signed-at-once");
  expect(listed?.webhook).toMatchObject({ secret_set: true });
  expect(JSON.stringify(listed)).not.toContain(secret);
});

it("a schedule, and a webhook that nobody signs for, are made without a secret", async () => {
  await push("unsigned", {});
  const make = async (json: unknown) =>
    createdTriggerSchema.parse(
      await (await callApi("POST", "/api/workers/unsigned/triggers", { json })).json(),
    );
  expect((await make({ type: "schedule", cron: "@daily" })).secret).toBeNull();
  const open = await make({ type: "webhook", webhook: { signature: { scheme: "none" } } });
  expect(open).toMatchObject({ secret: null, webhook: { secret_set: false } });
});

it("a calendar shows what schedules expect, of one worker alone where it is named, and nothing to a stranger", async () => {
  verifies("schedule:calendar:expected-beside-actual");
  await push("planned", { triggers: '{type: schedule, cron: "0 * * * *"}' });
  await push("planned-too", { triggers: '{type: schedule, cron: "0 * * * *"}' });
  const now = Date.now();
  const until = new Date(now + 5 * 3_600_000).toISOString();
  const ask = async (query: string, as: { token?: string } = {}) =>
    callApi("GET", `/api/schedules/calendar?${query}`, as);
  const stranger = { token: await strangerToken() };
  const response = await ask(`worker_id=planned&until=${until}`);
  const calendar = scheduleCalendarSchema.parse(await response.json());
  expect(calendar.schedules).toMatchObject([{ worker_id: "planned", name: "schedule-1", known_until: null }]);
  const ahead = calendar.slots.filter(({ due_at: at }) => Date.parse(at) > now);
  expect(ahead.map(({ state }) => state)).toEqual(Array.from({ length: 5 }, () => "expected"));
  const all = scheduleCalendarSchema.parse(await (await ask("")).json());
  expect(all.schedules.map(({ worker_id: worker }) => String(worker))).toEqual(
    expect.arrayContaining(["planned", "planned-too"]),
  );
  const theirs = scheduleCalendarSchema.parse(await (await ask("", stranger)).json());
  expect(theirs.schedules).toEqual([]);
  expect((await ask("worker_id=planned", stranger)).status).toBe(404);
});

it("a calendar that ends before it begins, or is too long, is refused by the field", async () => {
  for (const query of [
    "since=2026-01-02T00:00:00Z&until=2026-01-01T00:00:00Z",
    "since=2026-01-01T00:00:00Z&until=2027-01-01T00:00:00Z",
    "since=yesterday",
  ]) {
    const response = await callApi("GET", `/api/schedules/calendar?${query}`);
    const { code, errors } = problemSchema.parse(await response.json());
    expect([code, errors?.length]).toEqual(["invalid_request", 1]);
  }
});
