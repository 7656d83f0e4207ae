import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { problemSchema } from "#contract/problem";
import { runTokenOf, seedWorker, strangerToken } from "../../../test/support/workerd/api-harness.ts";
import { seedHook } from "../../../test/support/workerd/hook-harness.ts";
import { openOtherEdge } from "../../../test/support/workerd/other-edge.ts";
import { verifies } from "../../../test/verifies.ts";
import { createDb } from "../../platform/db/client.ts";
import { forgetOldCounters, takeTurnExactly } from "./store.ts";
import { MOST_SKEW_MS } from "./take-turn.ts";

const limited = (text: string) => openOtherEdge({ FLOOM_RATE_LIMITS: text as never });
const from = (address: string) => ({ "cf-connecting-ip": address });

it("one start too many is answered 429 with the time to wait, as Floom's clients read it, and starts nothing", async () => {
  verifies("access:rates:by-table");
  await seedWorker("often");
  const edge = limited("run_start=2/600");
  const token = await strangerToken();
  const start = () => edge.call("POST", "/api/workers/often/runs", { json: {}, token });
  expect([(await start()).status, (await start()).status]).toEqual([404, 404]);
  const answer = await start();
  expect(answer.status).toBe(429);
  const wait = Number(answer.headers.get("retry-after"));
  expect(wait).toBeGreaterThan(0);
  expect(problemSchema.parse(await answer.json())).toMatchObject({
    code: "rate_limit_exceeded",
    error_code: "rate_limit_exceeded",
    retry_after: wait,
    retryable: true,
  });
});

it("an address that asks too much is turned away before its token is looked at, and another is not", async () => {
  verifies("access:rates:by-table");
  const edge = limited("address=3/600");
  const ask = async (address: string) =>
    (await edge.call("GET", "/api/runs", { token: "wrong", headers: from(address) })).status;
  expect([await ask("8.8.4.4"), await ask("8.8.4.4"), await ask("8.8.4.4"), await ask("8.8.4.4")]).toEqual([
    401, 401, 401, 429,
  ]);
  expect(await ask("8.8.4.5")).toBe(401);
});

it("the scripts of many runs behind one address write to their stores as fast as they can, and strangers there do not", async () => {
  verifies("access:rates:by-table");
  const edge = limited("address=3/600,default=3/600,runner=3/600");
  const run = "run_00000000000000000000000000";
  const token = await runTokenOf(run);
  const ask = async (credential: string) => {
    const call = { token: credential, json: { key: "n" }, headers: from("8.8.4.6") };
    return (await edge.call("POST", `/api/runs/${run}/store/increment`, call)).status;
  };
  // There is no such run: what matters is that each is let in to be told so.
  for (let n = 0; n < 20; n++) expect(await ask(token)).toBe(404);
  expect([await ask("a"), await ask("b"), await ask("c"), await ask("d")]).toEqual([401, 401, 401, 429]);
  expect(await ask(token)).toBe(404);
});

it("a hook is counted by what is called and from where, be it there or not", async () => {
  const { triggerId } = await seedHook({ workerName: "hooked", spec: { signature: { scheme: "none" } } });
  const edge = limited("webhook=1/600");
  const send = async (name: string, address: string) =>
    (await edge.call("POST", `/hooks/${name}`, { json: {}, token: "", headers: from(address) })).status;
  expect([await send(triggerId, "8.8.8.8"), await send(triggerId, "8.8.8.8")]).toEqual([202, 429]);
  expect(await send(triggerId, "9.9.9.9")).toBe(202);
  expect([await send("trg_none", "8.8.8.8"), await send("trg_none", "8.8.8.8")]).toEqual([404, 429]);
});

it("a start asks the database and the objects as often as it would without rates", async () => {
  verifies("access:rates:no-round-trip");
  await seedWorker("counted");
  const statements: string[] = [];
  const watched = new Proxy(env.DB, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (name !== "prepare") return typeof member === "function" ? member.bind(target) : member;
      return (sql: string) => {
        statements.push(sql);
        return target.prepare(sql);
      };
    },
  });
  const edge = openOtherEdge({ DB: watched, FLOOM_RATE_LIMITS: "" as never });
  const answer = await edge.answer("POST", "/api/workers/counted/runs", {
    json: {},
    headers: from("8.8.8.8"),
  });
  expect(answer.response.status).toBe(202);
  // The token, the owner's first row beside it, and the worker with its version.
  expect(statements.filter((sql) => /rate_counters|audit_events/.test(sql))).toEqual([]);
  statements.length = 0;
  const again = await edge.answer("POST", "/api/workers/counted/runs", {
    json: {},
    headers: from("8.8.8.8"),
  });
  expect(again.response.status).toBe(202);
  expect(statements.length).toBeLessThanOrEqual(2);
  await Promise.all([answer.settled(), again.settled()]);
});

it("what is counted exactly lets just so many through, however many ask at once", async () => {
  verifies("access:rates:exact-where-it-matters");
  const db = createDb(env.DB);
  const pace = { requests: 5, windowMs: 60_000 };
  const now = Date.now();
  const ask = () => takeTurnExactly(db, "sign_in:8.8.8.8", { pace, now });
  const waits = await Promise.all(Array.from({ length: 40 }, ask));
  expect(waits.filter((wait) => wait === 0)).toHaveLength(5);
  expect(Math.min(...waits.filter((wait) => wait > 0))).toBe(12_000);
  expect(await takeTurnExactly(db, "sign_in:8.8.8.8", { pace, now: now + 12_000 })).toBe(0);
  expect(await takeTurnExactly(db, "sign_in:9.9.9.9", { pace, now })).toBe(0);
  await forgetOldCounters(db, now + 3_600_000);
  expect((await env.DB.prepare("SELECT * FROM rate_counters").all()).results).toEqual([]);
});

it("a clock that is set back lets whoever is counted exactly go on, as soon as its pace says", async () => {
  verifies("access:rates:exact-where-it-matters");
  const db = createDb(env.DB);
  const pace = { requests: 5, windowMs: 60_000 };
  const now = Date.now();
  for (const back of [500, 30_000, 59_000, 61_000, 90_000, 121_000, 3_600_000]) {
    const key = `sign_in:back-${back}`;
    expect(await takeTurnExactly(db, key, { pace, now })).toBe(0);
    const wait = await takeTurnExactly(db, key, { pace, now: now - back });
    expect([back, wait <= 12_000 + MOST_SKEW_MS]).toEqual([back, true]);
    if (wait > 0)
      expect([back, await takeTurnExactly(db, key, { pace, now: now - back + wait })]).toEqual([back, 0]);
  }
});

it("a setting that says no rate is told by its name", async () => {
  const answer = await limited("run_start=often").call("GET", "/api/health");
  expect(answer.status).toBe(500);
});

it("what was asked of an edge with tight rates counts for none with other rates", async () => {
  verifies("access:rates:by-table");
  await seedWorker("often");
  const token = await strangerToken();
  const start = (edge: ReturnType<typeof limited>) =>
    edge.call("POST", "/api/workers/often/runs", { json: {}, token });
  const tight = limited("run_start=1/6000");
  expect([(await start(tight)).status, (await start(tight)).status]).toEqual([404, 429]);
  expect((await start(limited("run_start=3/6000"))).status).toBe(404);
});
