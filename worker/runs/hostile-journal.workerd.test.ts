import fc from "fast-check";
import { beforeEach, expect, it } from "vitest";
import { problemSchema } from "#contract/problem";
import { journalAnswerSchema } from "#contract/runner/runner";
import { isTerminal, runDetailSchema } from "#contract/runs/run";
import { callApi, runTokenOf, seedWorker } from "../../test/support/workerd/api-harness.ts";
import { resultEntry } from "../../test/support/workerd/engine-harness.ts";
import { toJournal } from "../../test/support/workerd/fake-driver.ts";
import { HOSTILE_SEED, hostileJournal } from "../../test/support/workerd/hostile-journal.ts";
import type { HostilePost } from "../../test/support/workerd/hostile-journal.ts";
import { verifies } from "../../test/verifies.ts";

const JOURNALS = 200;
const AT_ONCE = 5;
const worker = "hostile";
/** What a route of the runner may answer; a place that is no number is refused as any query is. */
const documented = [200, 404, 409, 413, 415, 422];

beforeEach(async () => {
  await seedWorker(worker);
});

const oddPlaces = ["-1", "1.5", "1e309", "NaN", "", "0x10", "9007199254740993", "__proto__"];

const one = fc.record({ journal: hostileJournal, oddPlace: fc.constantFrom(...oddPlaces) });

interface Life {
  journal: readonly HostilePost[];
  oddPlace: string;
}

async function live({ journal, oddPlace }: Life): Promise<void> {
  const started = await callApi("POST", `/api/workers/${worker}/runs`, { json: { inputs: {} } });
  const { id } = runDetailSchema.parse(await started.json());
  const read = async () => runDetailSchema.parse(await (await callApi("GET", `/api/runs/${id}`)).json());
  await expect.poll(async () => (await read()).attempt).toBe(1);
  const token = await runTokenOf(id);
  const post = async (offset: number | string, body: Uint8Array<ArrayBuffer>): Promise<number> => {
    const where = `/api/runs/${id}/runner/journal?attempt=1&offset=${offset}`;
    const answer = await callApi("POST", where, {
      token,
      headers: { "content-type": "application/x-ndjson" },
      body,
    });
    expect(documented).toContain(answer.status);
    if (answer.status === 200) return journalAnswerSchema.parse(await answer.json()).next_offset;
    problemSchema.parse(await answer.json());
    return 0;
  };
  let offset = 0;
  for (const { shift, body } of journal) offset = await post(Math.max(0, offset + shift), body);
  await post(oddPlace, new Uint8Array());
  const end = await post(0, new Uint8Array());
  await post(end, new Uint8Array(toJournal([resultEntry()])));

  // What asks waits for somebody, and a file that is named is looked for in a sandbox, of which there is none here.
  const isOver = async () => {
    const { status, why_waiting } = await read();
    if (status === "pending_approval" || why_waiting === "Collecting the results.")
      await callApi("POST", `/api/runs/${id}/cancel`);
    return isTerminal(status);
  };
  await expect.poll(isOver).toBe(true);
  expect((await read()).failure?.kind).not.toBe("platform");
  const events = await (await callApi("GET", `/api/runs/${id}/events`)).text();
  expect(events.match(/"type":"close"/g)).toHaveLength(1);
  for (const path of ["logs", "artifacts"])
    expect((await callApi("GET", `/api/runs/${id}/${path}`)).status).toBe(200);
  const download = await callApi("GET", `/api/runs/${id}/download`);
  expect(new TextDecoder().decode((await download.arrayBuffer()).slice(0, 2))).toBe("PK");
}

it(`${JOURNALS} journals by a hostile script get no answer that is not documented, and each run ends once`, async () => {
  verifies("run:intake:hostile-journals");
  const { failed, counterexamplePath, errorInstance } = await fc.check(
    fc.asyncProperty(fc.array(one, { minLength: AT_ONCE, maxLength: AT_ONCE }), async (lives) => {
      await Promise.all(lives.map(live));
    }),
    { seed: HOSTILE_SEED + 1, numRuns: JOURNALS / AT_ONCE, endOnFailure: true },
  );
  // The journal itself would fill the screen: it is made again from its place.
  if (failed) throw new Error(`The journal at ${counterexamplePath} breaks a run.`, { cause: errorInstance });
}, 600_000);
