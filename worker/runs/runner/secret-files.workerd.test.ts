import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { problemSchema } from "#contract/problem";
import { runDetailSchema } from "#contract/runs/run";
import { callApi, runTokenOf, seedWorker } from "../../../test/support/workerd/api-harness.ts";
import { resultEntry } from "../../../test/support/workerd/engine-harness.ts";
import { toJournal } from "../../../test/support/workerd/fake-driver.ts";
import { verifies } from "../../../test/verifies.ts";
import { sha256Hex } from "../../platform/crypto.ts";

const secret = "sk-live-0123456789abcdef";
const path = "out/told.txt";

/** A run that was given a secret and whose script is at work. */
async function openRun() {
  await callApi("POST", "/api/secrets/FILED_KEY", { json: { value: secret } });
  await seedWorker("files-it", { secrets: ["FILED_KEY"] });
  const started = await callApi("POST", "/api/workers/files-it/runs", { json: { inputs: {} } });
  const { id } = runDetailSchema.parse(await started.json());
  const read = async () => runDetailSchema.parse(await (await callApi("GET", `/api/runs/${id}`)).json());
  await expect.poll(async () => (await read()).attempt).toBe(1);
  return { id, read, token: await runTokenOf(id) };
}

it("an upload that holds a secret in any spelling, over the borders of its parts, is stored nowhere and fails the run", async () => {
  verifies("secrets:redaction:files");
  const { id, read, token } = await openRun();
  const hex = Array.from(new TextEncoder().encode(secret), (byte) => byte.toString(16)).join("");
  const texts = [secret, btoa(secret), btoa(`ab${secret}`), hex, Array.from(secret).toReversed().join("")];
  for (const told of texts) {
    const bytes = new TextEncoder().encode(`${"x".repeat(70_000)}${told}${"y".repeat(70_000)}`);
    const sha256 = await sha256Hex(bytes);
    const cut = 70_000 + Math.floor(told.length / 2);
    const parts = new FixedLengthStream(bytes.byteLength);
    const answered = callApi("PUT", `/api/runs/${id}/runner/files?attempt=1&path=${path}&sha256=${sha256}`, {
      token,
      headers: { "content-type": "application/octet-stream", "content-length": String(bytes.byteLength) },
      body: parts.readable,
    });
    const writer = parts.writable.getWriter();
    await writer.write(bytes.subarray(0, cut));
    await writer.write(bytes.subarray(cut));
    await writer.close();
    const answer = await answered;
    expect([answer.status, problemSchema.parse(await answer.json()).code]).toEqual([422, "secret_in_file"]);
    expect((await env.FILES.head(`runs/${id}/files/${sha256}`))?.size).toBe(0);
  }
  const sha256 = await sha256Hex(
    new TextEncoder().encode(`${"x".repeat(70_000)}${secret}${"y".repeat(70_000)}`),
  );
  const file = { type: "file" as const, at: Date.now(), kind: "artifact" as const, name: "told", path };
  const entry = { ...file, media_type: "text/plain", size_bytes: 140_000 + secret.length, sha256 };
  const answer = await callApi("POST", `/api/runs/${id}/runner/journal?attempt=1&offset=0`, {
    token,
    headers: { "content-type": "application/x-ndjson" },
    body: toJournal([entry, resultEntry()]) as BodyInit,
  });
  expect(answer.status).toBe(200);
  await expect.poll(async () => (await read()).status).toBe("failed");
  const { error_code, error, artifacts } = await read();
  expect([error_code, error?.includes(path)]).toEqual(["secret_in_file", true]);
  const download = await callApi("GET", `/api/runs/${id}/artifacts/${artifacts[0]?.id}/download`);
  expect(download.status).toBe(404);
});
