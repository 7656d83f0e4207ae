import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import type { JournalEntry } from "#contract/runner/runner";
import { runDetailSchema } from "#contract/runs/run";
import type { RunDetail } from "#contract/runs/run";
import { callApi, runTokenOf, seedWorker } from "../../../test/support/workerd/api-harness.ts";
import { resultEntry } from "../../../test/support/workerd/engine-harness.ts";
import { toJournal } from "../../../test/support/workerd/fake-driver.ts";
import { verifies } from "../../../test/verifies.ts";
import { sha256Hex } from "../../platform/crypto.ts";

const shown = "ALICE,100";
const swapped = "MALLO,100";
const path = "out/pay.csv";

const encode = (text: string) => new TextEncoder().encode(text);

/** A run whose script is at work, and what it can do with the token it holds. */
async function openRun(name: string, approvals = false) {
  await seedWorker(name, approvals ? { approvals: { required: true, label: "Pay" } } : {});
  const started = await callApi("POST", `/api/workers/${name}/runs`, { json: { inputs: {} } });
  const { id } = runDetailSchema.parse(await started.json());
  const read = async (): Promise<RunDetail> =>
    runDetailSchema.parse(await (await callApi("GET", `/api/runs/${id}`)).json());
  await expect.poll(async () => (await read()).attempt).toBe(1);
  const token = await runTokenOf(id);
  let offset = 0;
  return {
    id,
    read,
    put: (file: { body: BodyInit; length: number; sha256: string }) =>
      callApi("PUT", `/api/runs/${id}/runner/files?attempt=1&path=${path}&sha256=${file.sha256}`, {
        token,
        headers: { "content-type": "application/octet-stream", "content-length": String(file.length) },
        body: file.body,
      }),
    async post(entries: readonly JournalEntry[]): Promise<void> {
      const body = toJournal(entries);
      const where = `/api/runs/${id}/runner/journal?attempt=1&offset=${offset}`;
      const headers = { "content-type": "application/x-ndjson" };
      const answer = await callApi("POST", where, { token, headers, body: body as BodyInit });
      expect(answer.status).toBe(200);
      offset += body.byteLength;
    },
    /** The texts of the run's files as the API hands them out. */
    async download(): Promise<string[]> {
      const { artifacts } = await read();
      const answers = await Promise.all(
        artifacts.map((file) => callApi("GET", `/api/runs/${id}/artifacts/${file.id}/download`)),
      );
      return Promise.all(answers.map((answer) => answer.text()));
    },
    stored: async () => (await env.FILES.list({ prefix: `runs/${id}/files/` })).objects.map(({ key }) => key),
  };
}

const whole = async (text: string) => ({
  body: text,
  length: encode(text).byteLength,
  sha256: await sha256Hex(text),
});

const fileEntry = async (text: string): Promise<JournalEntry> => ({
  type: "file",
  at: Date.now(),
  kind: "output",
  name: "pay",
  path,
  media_type: "text/csv",
  size_bytes: encode(text).byteLength,
  sha256: await sha256Hex(text),
});

/** An upload whose last bytes are still to come. */
async function begin(run: Awaited<ReturnType<typeof openRun>>, text: string) {
  const bytes = encode(text);
  const slow = new FixedLengthStream(bytes.byteLength);
  const answered = run.put({ ...(await whole(text)), body: slow.readable });
  const writer = slow.writable.getWriter();
  await writer.write(bytes.subarray(0, 5));
  return async () => {
    await writer.write(bytes.subarray(5));
    await writer.close();
    return answered;
  };
}

it("content that is not what its sender said it was is stored nowhere", async () => {
  verifies("run:files:by-content");
  const run = await openRun("claims-other");
  const answer = await run.put({ ...(await whole(swapped)), sha256: await sha256Hex(shown) });
  expect(answer.status).toBe(422);
  expect(await run.stored()).toEqual([]);
  expect((await run.put(await whole(shown))).status).toBe(200);
  expect(await run.stored()).toEqual([`runs/${run.id}/files/${await sha256Hex(shown)}`]);
});

it("content that is shorter than its sender said is stored nowhere", async () => {
  const run = await openRun("claims-length");
  const slow = new TransformStream<Uint8Array, Uint8Array>();
  const answered = run.put({ ...(await whole(shown)), length: 100, body: slow.readable });
  const writer = slow.writable.getWriter();
  await writer.write(encode(shown));
  await writer.close();
  expect((await answered).status).toBe(422);
  expect(await run.stored()).toEqual([]);
});

it("a file stays the one that was shown, whatever uploads end after the run has asked", async () => {
  verifies("run:files:by-content", "approvals:files:as-shown");
  const run = await openRun("asks-first", true);
  const end = await begin(run, swapped);
  expect((await run.put(await whole(shown))).status).toBe(200);
  await run.post([await fileEntry(shown), resultEntry({ decision_required: true } as never)]);
  await expect.poll(async () => (await run.read()).status).toBe("pending_approval");
  expect(await run.download()).toEqual([shown]);

  expect((await end()).status).toBe(409);
  expect((await run.put(await whole(swapped))).status).toBe(409);
  expect(await run.download()).toEqual([shown]);
  expect(await run.stored()).toHaveLength(1);

  const { approval_trail: trail } = await run.read();
  await callApi("POST", `/api/approvals/${trail?.id}/approve`, { json: {} });
  expect((await run.put(await whole(swapped))).status).toBe(409);
  expect(await run.download()).toEqual([shown]);
  expect((await run.read()).artifacts.map(({ sha256 }) => sha256)).toEqual([await sha256Hex(shown)]);
});

it("an upload that ends after the run has ended keeps nothing", async () => {
  const run = await openRun("ends-first");
  const end = await begin(run, swapped);
  await run.post([resultEntry()]);
  expect((await end()).status).toBe(409);
  expect(await run.stored()).toEqual([]);
});

it("while its script is at work, what it last handed over for a path counts", async () => {
  const run = await openRun("writes-twice");
  for (const text of ["first", "second"]) {
    expect((await run.put(await whole(text))).status).toBe(200);
    await run.post([await fileEntry(text)]);
  }
  await run.post([resultEntry()]);
  await expect.poll(async () => (await run.read()).status).toBe("completed");
  expect(await run.download()).toEqual(["second"]);
});

it("a file of a run that ended before files were kept by their content is still handed out", async () => {
  const run = await openRun("older-run");
  await run.put(await whole(shown));
  await run.post([await fileEntry(shown), resultEntry()]);
  await expect.poll(async () => (await run.read()).status).toBe("completed");
  await env.FILES.delete(`runs/${run.id}/files/${await sha256Hex(shown)}`);
  await env.FILES.put(`runs/${run.id}/files/1/${await sha256Hex(path)}`, shown);
  expect(await run.download()).toEqual([shown]);
});

it("when a run has ended, the files go that it uploaded and its record does not name", async () => {
  verifies("run:files:only-named-stay");
  const run = await openRun("leaves-scraps");
  for (const text of ["first", "second", "a scrap"])
    expect((await run.put(await whole(text))).status).toBe(200);
  await run.post([await fileEntry("first"), await fileEntry("second")]);
  expect(await run.stored()).toHaveLength(3);
  // As files were kept before they were kept by their content: what names them cannot be told here.
  const earlier = `runs/${run.id}/files/1/${await sha256Hex(path)}`;
  await env.FILES.put(earlier, shown);
  await run.post([resultEntry()]);
  const named = `runs/${run.id}/files/${await sha256Hex("second")}`;
  await expect.poll(run.stored).toEqual([earlier, named].toSorted());
  expect(await run.download()).toEqual(["second"]);
});
