import { expect, it } from "vitest";
import { calledRunSchema } from "#contract/calls/call";
import { routes } from "#contract/routes";
import { journalAnswerSchema } from "#contract/runner/runner";
import { runDetailSchema } from "#contract/runs/run";
import { callApi, runTokenOf, seedWorker } from "../../../test/support/workerd/api-harness.ts";
import { logEntry, resultEntry } from "../../../test/support/workerd/engine-harness.ts";
import { toJournal } from "../../../test/support/workerd/fake-driver.ts";
import {
  askStore,
  count,
  deleteValue,
  getValue,
  keysOf,
  refused,
  setValue,
  sql,
} from "../../../test/support/workerd/store-calls.ts";
import { verifies } from "../../../test/verifies.ts";
import { hmacSha256Hex, sha256Hex } from "../../platform/crypto.ts";

type Ask = (path: string, call: { token: string; child: string }) => Promise<Response>;

const storeAt = (path: string, token: string) => ({
  base: `${path}/store`,
  query: { place: "worker" },
  token,
});
const ndjson = { "content-type": "application/x-ndjson" };

const question = { messages: [{ role: "user", content: "Hi" }] };

/** Every route that a run's token opens, as the script of a sandbox would ask for it. */
const asks = {
  postRunJournal: (path, { token }) =>
    callApi("POST", `${path}/runner/journal?attempt=1&offset=0`, {
      token,
      headers: ndjson,
      body: toJournal([logEntry("begun"), resultEntry()]) as BodyInit,
    }),
  putRunFile: async (path, { token }) =>
    callApi("PUT", `${path}/runner/files?attempt=1&path=out.txt&sha256=${await sha256Hex("file")}`, {
      token,
      headers: { "content-type": "application/octet-stream", "content-length": "4" },
      body: "file",
    }),
  callWorker: (path, { token }) =>
    callApi("POST", `${path}/calls`, { token, json: { worker: "leaf", key: "k", inputs: {} } }),
  getCalledRun: (path, { token, child }) => callApi("GET", `${path}/calls/${child}`, { token }),
  listRunStore: (path, { token }) => askStore(storeAt(path, token), { method: "GET" }),
  getRunStoreValue: (path, { token }) => getValue(storeAt(path, token), "k"),
  setRunStoreValue: (path, { token }) => setValue(storeAt(path, token), "k", "1"),
  deleteRunStoreValue: (path, { token }) => deleteValue(storeAt(path, token), "k"),
  incrementRunStoreValue: (path, { token }) => count(storeAt(path, token), { key: "n" }),
  queryRunStore: (path, { token }) => sql(storeAt(path, token), "query", { sql: "SELECT 1" }),
  executeRunStore: (path, { token }) =>
    sql(storeAt(path, token), "execute", { sql: "CREATE TABLE foreign_hand (id INTEGER)" }),
  listRunConnections: (path, { token }) => callApi("GET", `${path}/connections`, { token }),
  callRunConnection: (path, { token }) =>
    callApi("POST", `${path}/connections/mail/send`, { token, json: {} }),
  executeComposio: (path, { token }) =>
    callApi("POST", `${path}/composio-execute/GMAIL_SEND_EMAIL`, { token, json: {} }),
  askModel: (path, { token }) => callApi("POST", `${path}/llm`, { token, json: question }),
  askModels: (path, { token }) =>
    callApi("POST", `${path}/llm/batch`, { token, json: { requests: [question] } }),
  embedTexts: (path, { token }) => callApi("POST", `${path}/embeddings`, { token, json: { input: "Hi" } }),
} satisfies Record<string, Ask>;

it("the token of another sandbox than the one that has posted opens none of the run's routes", async () => {
  verifies("access:run-token:one-sandbox");
  const open = Object.values(routes).filter(({ access }) => access === "run_token");
  expect(open.map(({ id }) => id).sort()).toEqual(Object.keys(asks).sort());

  await seedWorker("leaf");
  await seedWorker("top", { calls: ["leaf"] });
  const started = await callApi("POST", "/api/workers/top/runs", { json: { inputs: {} } });
  const { id } = runDetailSchema.parse(await started.json());
  const read = async () => runDetailSchema.parse(await (await callApi("GET", `/api/runs/${id}`)).json());
  await expect.poll(async () => (await read()).attempt).toBe(1);
  const path = `/api/runs/${id}`;
  const own = await runTokenOf(id, 1, 1);
  const posted = await callApi("POST", `${path}/runner/journal?attempt=1&offset=0`, {
    token: own,
    headers: ndjson,
    body: toJournal([logEntry("begun")]) as BodyInit,
  });
  expect(journalAnswerSchema.parse(await posted.json()).stop).toBe(false);
  const called = await asks.callWorker(path, { token: own, child: "" });
  const { run_id: child } = calledRunSchema.parse(await called.json());

  const other = await runTokenOf(id, 1, 2);
  const answers: Record<string, unknown> = {};
  for (const [name, ask] of Object.entries(asks)) {
    const answer = await ask(path, { token: other, child });
    const document = (await answer.json()) as { code?: string; stop_proof?: string };
    answers[name] = [answer.status, document.code ?? document.stop_proof];
  }
  expect(answers).toEqual({
    postRunJournal: [200, await hmacSha256Hex(other, `stop:${id}:1`)],
    putRunFile: [409, "stale_attempt"],
    callWorker: [409, "run_finished"],
    getCalledRun: [409, "run_finished"],
    listRunStore: [409, "stale_attempt"],
    getRunStoreValue: [409, "stale_attempt"],
    setRunStoreValue: [409, "stale_attempt"],
    deleteRunStoreValue: [409, "stale_attempt"],
    incrementRunStoreValue: [409, "stale_attempt"],
    queryRunStore: [409, "stale_attempt"],
    executeRunStore: [409, "stale_attempt"],
    listRunConnections: [409, "stale_attempt"],
    callRunConnection: [409, "stale_attempt"],
    executeComposio: [409, "stale_attempt"],
    askModel: [409, "stale_attempt"],
    askModels: [409, "stale_attempt"],
    embedTexts: [409, "stale_attempt"],
  });
  expect(await keysOf(storeAt(path, own))).toEqual([]);
  expect((await refused(sql(storeAt(path, own), "query", { sql: "SELECT * FROM foreign_hand" }))).code).toBe(
    "sql_refused",
  );
  expect((await read()).status).toBe("running");
  expect((await asks.getCalledRun(path, { token: own, child })).status).toBe(200);
});
