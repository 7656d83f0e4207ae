import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { problemSchema } from "#contract/problem";
import { missedStartPageSchema } from "#contract/triggers/missed-start";
import { callApi, seedWorker, strangerToken, testHost } from "../../test/support/workerd/api-harness.ts";
import { numberedId } from "../../test/support/numbered-id.ts";
import { addSchedule, missedAt, missStart } from "../../test/support/workerd/miss-start.ts";
import { personId, seedMember } from "../../test/support/workerd/people.ts";
import { verifies } from "../../test/verifies.ts";
import { putMissedStart } from "./missed-store.ts";

const start = Date.parse("2026-03-02T08:00:00Z");

async function list(query = "", token?: string) {
  const answer = await callApi("GET", `/api/schedules/missed${query}`, token === undefined ? {} : { token });
  expect(answer.status).toBe(200);
  return missedStartPageSchema.parse(await answer.json());
}

/** Puts a missed start on the list, as a worker's object does. */
function put(workerId: string, minute: number): Promise<void> {
  const noted_at = start + minute * 60_000;
  const what = { name: "daily", code: "missed", reason: "Nothing could start.", noted_at, due_at: noted_at };
  const missed = { worker_id: workerId, trigger_id: numberedId("trg", 1), ...what };
  return putMissedStart(testHost.db, testHost.newId("mis", noted_at), missed);
}

const minutesOf = ({ missed }: Awaited<ReturnType<typeof list>>) =>
  missed.map(({ due_at: at }) => (Date.parse(at) - start) / 60_000);

it("a start that a schedule missed is on the list once, however often it is found, and nobody need have asked", async () => {
  verifies("events:missed:kept-until-listed");
  const workerId = await seedWorker("digest");
  const trigger = await addSchedule("digest");
  await missStart(workerId);
  expect((await list()).missed).toHaveLength(1);
  await missStart(workerId);
  await missStart(workerId);
  const { missed } = await list();
  expect(missed).toMatchObject([
    { worker_id: "digest", trigger_id: trigger, name: "schedule-api-1", due_at: missedAt, code: "missed" },
  ]);
});

it("the list goes on page by page, newest first, and can be of one worker or of one start", async () => {
  const [one, other] = [await seedWorker("one"), await seedWorker("other")];
  for (const minute of [1, 2, 3]) await put(one, minute);
  await put(other, 4);
  const first = await list("?limit=3");
  expect(minutesOf(first)).toEqual([4, 3, 2]);
  const rest = await list(`?limit=3&cursor=${first.next_cursor}`);
  expect([minutesOf(rest), rest.next_cursor]).toEqual([[1], null]);
  expect(minutesOf(await list("?worker_id=other"))).toEqual([4]);
  expect(minutesOf(await list(`?id=${first.missed[1]?.id}`))).toEqual([3]);
  expect((await list("?worker_id=nobody")).missed).toEqual([]);
  const strange = await callApi("GET", "/api/schedules/missed?cursor=strange");
  expect(problemSchema.parse(await strange.json()).code).toBe("invalid_request");
});

it("of a worker that one may not see nothing is listed, as of one that is not there", async () => {
  const [open, hidden] = [await seedWorker("open"), await seedWorker("hidden")];
  await put(open, 1);
  await put(hidden, 2);
  await env.DB.prepare("UPDATE workers SET visibility = 'private', made_by = ? WHERE id = ?")
    .bind(personId("m"), hidden)
    .run();
  const member = await seedMember("v", "viewer");
  const [secret] = (await list("?worker_id=hidden")).missed;
  expect(minutesOf(await list("", member))).toEqual([1]);
  for (const token of [member, await strangerToken()]) {
    for (const query of ["?worker_id=hidden", `?id=${secret?.id}`, "?worker_id=nobody"])
      expect((await list(query, token)).missed, query).toEqual([]);
  }
  expect((await list("", await strangerToken())).missed).toEqual([]);
});

it("missed starts go with their worker, and one that is written down late leaves nothing of it", async () => {
  const workerId = await seedWorker("gone");
  await put(workerId, 1);
  expect((await list()).missed).toHaveLength(1);
  expect((await callApi("DELETE", "/api/workers/gone")).status).toBeLessThan(300);
  await put(workerId, 2);
  const left = await env.DB.prepare("SELECT count(*) AS n FROM missed_starts").first();
  expect(left).toEqual({ n: 0 });
});
