import { env } from "cloudflare:workers";
import { runInDurableObject } from "cloudflare:test";
import { expect, it } from "vitest";
import { limits } from "#contract/limits";
import { seedWorker, strangerToken } from "../../test/support/workerd/api-harness.ts";
import {
  askStore,
  count,
  counted,
  deleteValue,
  getValue,
  keysOf,
  pageOf,
  refused,
  setValue,
  valueOf,
  workerStore,
  workspaceStore,
  written,
} from "../../test/support/workerd/store-calls.ts";
import { verifies } from "../../test/verifies.ts";

it("a value is given back byte for byte, with its version and its end", async () => {
  verifies("store:keys:exact");
  const text = '{"big": 9007199254740993,\n "small": 1e-7, "text": "ä\u2028"}';
  const set = await setValue(workspaceStore, "exact", text, { query: { ttl_seconds: "3600" } });
  const facts = await written(set);
  expect(facts).toMatchObject({ key: "exact", kind: "json", staged: false });
  const answer = await getValue(workspaceStore, "exact");
  expect(await answer.text()).toBe(text);
  expect(answer.headers.get("content-type")).toBe("application/json");
  expect(answer.headers.get("x-floom-version")).toBe(facts.version);
  expect(answer.headers.get("x-floom-expires-at")).toBe(facts.expires_at);
  const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
  expect((await written(setValue(workspaceStore, "bytes", bytes))).kind).toBe("bytes");
  const back = await getValue(workspaceStore, "bytes");
  expect(new Uint8Array(await back.arrayBuffer())).toEqual(bytes);
  expect(back.headers.get("content-disposition")).toBe("attachment");
  expect((await refused(setValue(workspaceStore, "broken", "{"))).code).toBe("malformed_json");
});

it("whole numbers of 64 bits are counted exactly, and what is none is refused by name", async () => {
  verifies("store:keys:exact");
  expect((await counted(count(workspaceStore, { key: "n", by: "9007199254740993" }))).value).toBe(
    "9007199254740993",
  );
  expect((await counted(count(workspaceStore, { key: "n" }))).value).toBe("9007199254740994");
  expect((await counted(count(workspaceStore, { key: "n", by: -4 }))).value).toBe("9007199254740990");
  expect(await valueOf(workspaceStore, "n")).toBe("9007199254740990");
  await setValue(workspaceStore, "edge", "9223372036854775807");
  expect((await refused(count(workspaceStore, { key: "edge" }))).code).toBe("not_an_integer");
  await setValue(workspaceStore, "words", '"one"');
  expect((await refused(count(workspaceStore, { key: "words" }))).code).toBe("not_an_integer");
  for (const by of [1.5, "1.5", "", "9223372036854775808", 1e300, null])
    expect((await refused(count(workspaceStore, { key: "n", by }))).code).toBe("invalid_request");
});

it("stores of workers, of the workspace and of others do not know each other's keys", async () => {
  verifies("store:keys:apart");
  const stranger = await strangerToken();
  await seedWorker("one-store");
  await seedWorker("two-store");
  const [one, two] = [workerStore("one-store"), workerStore("two-store")];
  await setValue(one, "mine", "1");
  await setValue(workspaceStore, "ours", "2");
  expect(await valueOf(two, "mine")).toBe("not_found");
  expect(await valueOf(one, "ours")).toBe("not_found");
  expect(await valueOf(workspaceStore, "mine")).toBe("not_found");
  const missing = await getValue(workerStore("no-such-worker", stranger), "mine");
  const foreign = await getValue(workerStore("one-store", stranger), "mine");
  const said = await Promise.all([refused(missing), refused(foreign)]);
  expect({ ...said[0], request_id: "" }).toEqual({ ...said[1], request_id: "" });
  expect(await valueOf({ ...workspaceStore, token: stranger }, "ours")).toBe("not_found");
});

it("of many who write with the version that they read one succeeds", async () => {
  verifies("store:keys:compare-and-set");
  const first = await written(setValue(workspaceStore, "cas", "0", { query: { if_version: "none" } }));
  expect((await refused(setValue(workspaceStore, "cas", "1", { query: { if_version: "none" } }))).code).toBe(
    "store_conflict",
  );
  const query = { if_version: first.version };
  const tries = await Promise.all(
    Array.from({ length: 8 }, (_, index) => setValue(workspaceStore, "cas", String(index), { query })),
  );
  expect(tries.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
    200,
    ...Array.from({ length: 7 }, () => 409),
  ]);
  expect((await deleteValue(workspaceStore, "cas", query)).status).toBe(409);
  expect((await deleteValue(workspaceStore, "cas")).status).toBe(204);
  // What is made anew is another one, whatever its value.
  await setValue(workspaceStore, "cas", "0");
  expect((await setValue(workspaceStore, "cas", "1", { query })).status).toBe(409);
});

it("a write that is repeated under its key is done once, and another one under it is refused", async () => {
  verifies("store:keys:once");
  const headers = { "idempotency-key": "visit-42" };
  const answers = await Promise.all(
    Array.from({ length: 5 }, async () => counted(count(workspaceStore, { key: "visits" }, headers))),
  );
  expect(new Set(answers.map(({ value, version }) => `${value} ${version}`)).size).toBe(1);
  expect(await valueOf(workspaceStore, "visits")).toBe("1");
  expect((await refused(count(workspaceStore, { key: "visits", by: 2 }, headers))).code).toBe(
    "idempotency_conflict",
  );
  const create = () =>
    setValue(workspaceStore, "made", "1", {
      headers: { "idempotency-key": "make" },
      query: { if_version: "none" },
    });
  expect([(await create()).status, (await create()).status]).toEqual([200, 200]);
});

it("keys are listed by prefix in the order of their bytes, each once, whatever they hold", async () => {
  verifies("store:keys:list");
  await seedWorker("list-store");
  const store = workerStore("list-store");
  const keys = [
    "a",
    "a/b",
    "a/../b",
    "a%2Fb",
    "b",
    "ä",
    "日本",
    "😀",
    "😀x",
    ".",
    "..",
    "a b",
    "\\",
    "'; DROP",
    "A",
  ];
  for (const key of keys)
    expect([key, (await setValue(store, key, JSON.stringify(key))).status]).toEqual([key, 200]);
  const bytes = (key: string) =>
    [...new TextEncoder().encode(key)].map((one) => String.fromCharCode(one)).join("");
  const sorted = keys.toSorted((a, b) => (bytes(a) < bytes(b) ? -1 : 1));
  expect(await keysOf(store, "", 4)).toEqual(sorted);
  expect(await keysOf(store, "a/", 1)).toEqual(["a/../b", "a/b"]);
  expect(await keysOf(store, "😀", 1)).toEqual(["😀", "😀x"]);
  for (const key of keys) expect(await valueOf(store, key)).toBe(JSON.stringify(key));
  const bad = ["", "a\u0000b", "line\nbreak", "\u009b", "x".repeat(513), "ä".repeat(257)];
  for (const key of bad)
    expect([key, (await refused(setValue(store, key, "1"))).code]).toEqual([key, "invalid_key"]);
  const cursor = await askStore(store, { method: "GET", query: { cursor: "%%%" } });
  expect(cursor.status).toBe(422);
});

it("answers say how much of a store is used, and what is too large is not kept", async () => {
  verifies("store:quota:shown");
  await seedWorker("full-store");
  const store = workerStore("full-store");
  const { usage } = await written(setValue(store, "key", '"12345678"'));
  expect(usage).toMatchObject({ entries: 1, bytes: 13, entries_limit: limits.store_entries.value });
  expect((await pageOf(askStore(store, { method: "GET" }))).usage).toEqual(usage);
  const large = new Uint8Array(limits.store_value_bytes.value);
  expect((await setValue(store, "large", large)).status).toBe(200);
  expect((await setValue(store, "larger", new Uint8Array(large.byteLength + 1))).status).toBe(413);
  await setValue(store, "large", "1");
  expect((await pageOf(askStore(store, { method: "GET" }))).usage).toMatchObject({ entries: 2, bytes: 19 });
});

it("reading a key writes no row, and setting one writes one or two", async () => {
  verifies("store:rows:few");
  const stub = env.STORE_OBJECT.get(env.STORE_OBJECT.idFromName("wrk_rows"));
  const rows = await runInDurableObject(stub, async (object, ctx) => {
    const { exec } = ctx.storage.sql;
    const api = object as unknown as import("./store-api.ts").StoreApi;
    const set = (key: string, ttl_seconds: number | null) =>
      api.write({
        write: { op: "set", key, kind: "json", value: new Uint8Array(1), ttl_seconds, if_version: null },
        once: null,
        staged: null,
      });
    void exec;
    await api.read("nothing", { staged: null });
    const untouched = ctx.storage.sql
      .exec("SELECT name FROM sqlite_master WHERE name LIKE '\\_floom%' ESCAPE '\\'")
      .toArray();
    await set("first", null);
    const cost = (query: string, ...values: SqlStorageValue[]) => {
      const cursor = ctx.storage.sql.exec(query, ...values);
      cursor.toArray();
      return cursor.rowsWritten;
    };
    const statement =
      "INSERT OR REPLACE INTO _floom_entries (key, kind, value, version, updated_at, expires_at) VALUES (?, 'json', x'31', 'v', 0, ?)";
    return { untouched, plain: cost(statement, "plain", null), ending: cost(statement, "ending", 1) };
  });
  expect(rows).toEqual({ untouched: [], plain: 1, ending: 2 });
});
