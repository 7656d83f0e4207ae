import { env } from "cloudflare:workers";
import { beforeEach, expect, it } from "vitest";
import {
  deadLetterPageSchema,
  dismissAnswerSchema,
  redriveAnswerSchema,
} from "#contract/dead-letters/dead-letter";
import { limits } from "#contract/limits";
import { runDetailSchema } from "#contract/runs/run";
import { callApi, seedWorker, strangerToken } from "../../../test/support/workerd/api-harness.ts";
import { verifies } from "../../../test/verifies.ts";
import { newId } from "../../platform/ids.ts";

let workerId: string;
let name: string;
let count = 0;

beforeEach(async () => {
  name = `flaky-${++count}-worker`;
  workerId = await seedWorker(name);
});

const read = async (id: string) =>
  runDetailSchema.parse(await (await callApi("GET", `/api/runs/${id}`)).json());
const list = async (query = "") =>
  deadLetterPageSchema.parse(
    await (await callApi("GET", `/api/deadletters?worker_id=${name}${query}`)).json(),
  );

/** Lets the worker run so many at once, and says what happens to more. */
async function limitRuns(concurrency: { limit: number; on_conflict: string }): Promise<void> {
  await env.DB.prepare(
    "UPDATE versions SET manifest = json_set(manifest, '$.concurrency', json(?)) WHERE worker_id = ?",
  )
    .bind(JSON.stringify(concurrency), workerId)
    .run();
}

async function start(json: { inputs: object; ttl_seconds?: number }) {
  return runDetailSchema.parse(await (await callApi("POST", `/api/workers/${name}/runs`, { json })).json());
}

/** A run that failed because nobody gave it its turn in time. */
async function failOne(): Promise<string> {
  await limitRuns({ limit: 1, on_conflict: "queue" });
  const busy = await start({ inputs: {} });
  const run = await start({ inputs: {}, ttl_seconds: 1 });
  await expect.poll(async () => (await read(run.id)).status, { timeout: 10_000 }).toBe("failed");
  expect((await read(run.id)).error_code).toBe("queue_expired");
  await callApi("POST", `/api/runs/${busy.id}/cancel`);
  await limitRuns({ limit: 100, on_conflict: "queue" });
  return run.id;
}

it("a failed run is on the list, is started over once however often it is asked, and is then off the list", async () => {
  verifies("queue:ttl:queue-expired", "retries:dead-letters:redriven-once");
  const failed = await failOne();
  await expect
    .poll(async () => (await list()).runs.map((run) => [run.id, run.kind]))
    .toEqual([[failed, "limit"]]);
  expect((await list("&kind=worker")).runs).toEqual([]);
  expect((await list("&code=queue_expired&kind=limit")).runs).toHaveLength(1);

  const redrive = async () =>
    redriveAnswerSchema.parse(
      await (await callApi("POST", "/api/deadletters/redrive", { json: { ids: [failed] } })).json(),
    ).results[0];
  const answers = await Promise.all([redrive(), redrive(), redrive()]);
  expect(answers.filter((answer) => answer?.outcome === "redriven")).toHaveLength(1);
  const started = new Set(answers.map((answer) => answer?.run_id));
  expect(started.size).toBe(1);
  const [again] = [...started];
  expect((await read(again ?? "")).replay_of).toBe(failed);
  expect((await redrive())?.run_id).toBe(again);
  expect((await list()).runs).toEqual([]);
});

it("dismissing takes failed runs off the list by filter, and only those that were on it", async () => {
  verifies("retries:dead-letters:dismissed");
  const failed = await failOne();
  await expect.poll(async () => (await list()).runs).toHaveLength(1);
  const dismiss = async () =>
    dismissAnswerSchema.parse(
      await (
        await callApi("POST", "/api/deadletters/dismiss", { json: { filter: { worker_id: name } } })
      ).json(),
    ).dismissed;
  expect(await dismiss()).toEqual([failed]);
  expect(await dismiss()).toEqual([]);
  expect((await list()).runs).toEqual([]);
});

it("as many as one request may name are looked up and taken off at once", async () => {
  const failed = await failOne();
  await expect.poll(async () => (await list()).runs).toHaveLength(1);
  const others = Array.from({ length: limits.redrive_runs.value - 1 }, () => newId("run", Date.now()));
  const ids = [failed, ...others];
  const redriven = await callApi("POST", "/api/deadletters/redrive", {
    json: { ids: [...others, others[0]] },
  });
  expect(redriven.status).toBe(200);
  const dismissed = await callApi("POST", "/api/deadletters/dismiss", { json: { ids } });
  expect(dismissAnswerSchema.parse(await dismissed.json()).dismissed).toEqual([failed]);
});

it("a key that a client makes up never meets one that the platform makes up", async () => {
  const failed = await failOne();
  await expect.poll(async () => (await list()).runs).toHaveLength(1);
  const headers = { "idempotency-key": `redrive:${failed}` };
  const own = await callApi("POST", `/api/workers/${name}/runs`, { headers, json: { inputs: {} } });
  expect(own.status).toBe(202);
  const redriven = await callApi("POST", "/api/deadletters/redrive", { json: { ids: [failed] } });
  expect(redriveAnswerSchema.parse(await redriven.json()).results).toMatchObject([{ outcome: "redriven" }]);
});

it("a failed run that a busy worker skips stays on the list, however often it is tried", async () => {
  const failed = await failOne();
  await limitRuns({ limit: 1, on_conflict: "skip" });
  const busy = await callApi("POST", `/api/workers/${name}/runs`, { json: { inputs: {} } });
  expect(busy.status).toBe(202);
  await expect.poll(async () => (await list()).runs).toHaveLength(1);
  for (const _again of [1, 2]) {
    const redriven = await callApi("POST", "/api/deadletters/redrive", { json: { ids: [failed] } });
    const { results } = redriveAnswerSchema.parse(await redriven.json());
    expect(results).toMatchObject([{ outcome: "refused", problem: { code: "skipped" } }]);
  }
  expect((await list()).runs).toHaveLength(1);
});

it("one that cannot be started over is refused by itself, and a stranger's id is like one that does not exist", async () => {
  const failed = await failOne();
  await expect.poll(async () => (await list()).runs).toHaveLength(1);
  await callApi("POST", `/api/workers/${name}/pause`);
  const redrive = async (token?: string) =>
    redriveAnswerSchema.parse(
      await (
        await callApi("POST", "/api/deadletters/redrive", {
          json: { ids: [failed], version: "same" },
          ...(token ? { token } : {}),
        })
      ).json(),
    ).results[0]?.problem?.code;
  expect(await redrive()).toBe("worker_paused");
  expect(await redrive(await strangerToken())).toBe("not_found");
  const both = await callApi("POST", "/api/deadletters/redrive", { json: {} });
  expect(both.status).toBe(422);
});

it("a paused worker refuses new starts and says so, and resuming takes them again", async () => {
  verifies("queue:pause:refuses-starts");
  const start = () => callApi("POST", `/api/workers/${name}/runs`, { json: { inputs: {} } });
  const paused = (await (await callApi("POST", `/api/workers/${name}/pause`)).json()) as { paused: boolean };
  expect(paused.paused).toBe(true);
  expect((await start()).status).toBe(409);
  const resumed = (await (await callApi("POST", `/api/workers/${name}/resume`)).json()) as {
    paused: boolean;
  };
  expect(resumed.paused).toBe(false);
  expect((await start()).status).toBe(202);
});

it("a repeat under the same key is marked, and is answered even when today's version would refuse it", async () => {
  verifies("queue:idempotency:before-inputs");
  const start = () =>
    callApi("POST", `/api/workers/${name}/runs`, {
      json: { inputs: {} },
      headers: { "idempotency-key": "once" },
    });
  const first = await start();
  expect(first.headers.get("idempotent-replayed")).toBeNull();
  const run = runDetailSchema.parse(await first.json());
  await env.DB.prepare(
    "UPDATE versions SET manifest = json_set(manifest, '$.paused', json('true')) WHERE worker_id = ?",
  )
    .bind(workerId)
    .run();
  const again = await start();
  expect(again.status).toBe(202);
  expect(again.headers.get("idempotent-replayed")).toBe("true");
  expect(runDetailSchema.parse(await again.json()).id).toBe(run.id);
});
