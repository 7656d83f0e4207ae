import { env } from "cloudflare:workers";
import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { beforeEach, expect, it } from "vitest";
import { auditHeadSchema, auditLinkSchema, verifiedPartSchema } from "#contract/audit/chain";
import type { ChainBreak, VerifiedPart } from "#contract/audit/chain";
import {
  callApi,
  ownerToken,
  ownerWorkspace,
  strangerToken,
  testHost,
} from "../../../test/support/workerd/api-harness.ts";
import { strangerWorkspace } from "../../../test/support/workerd/stranger.ts";
import { sampleAuditRow } from "../../../test/support/workerd/audit-samples.ts";
import { auditStubOf, holdDate, passTime } from "../../../test/support/workerd/housekeeping.ts";
import { verifies } from "../../../test/verifies.ts";
import { auditDeps, chainDeps } from "../../compose/guard-deps.ts";
import { sha256Hex } from "../../platform/crypto.ts";
import { auditRowForm } from "../stranded-event.ts";
import { tidyAudit } from "../expiry-service.ts";
import { insertEvents } from "../store.ts";
import { makeChainKeys, signHead } from "./chain-keys.ts";
import { ChainKeeper } from "./chain-keeper.ts";

holdDate();

const stub = () => auditStubOf(ownerWorkspace);

async function verifyAll(token = ownerToken): Promise<VerifiedPart> {
  let query = "";
  let entries = 0;
  for (;;) {
    const response = await callApi("GET", `/api/audit/verify${query}`, { token });
    expect(response.status).toBe(200);
    const part = verifiedPartSchema.parse(await response.json());
    entries += part.entries;
    if (part.next === null) return { ...part, entries };
    query = `?after_seq=${part.next.seq}&after_hash=${part.next.hash}`;
  }
}

async function setSecrets(names: readonly string[], token = ownerToken): Promise<void> {
  for (const name of names)
    await callApi("POST", `/api/secrets/${name}`, { json: { value: "the value" }, token });
}

/** Has the end of the chain signed and put away, as it is an hour after a change. */
async function passCheckpoint(workspaceId = ownerWorkspace): Promise<void> {
  passTime(3_600_001);
  await runDurableObjectAlarm(auditStubOf(workspaceId));
}

const sqlOfChain = (statement: string, ...values: SqlStorageValue[]) =>
  runInDurableObject(stub(), (_, { storage }) => void storage.sql.exec(statement, ...values).toArray());

beforeEach(async () => {
  await callApi("GET", "/api/workspace/info");
});

it("a record that nobody has touched is whole, part by part, and its end is signed", async () => {
  verifies("audit:chain:tamper-evident");
  await setSecrets(["A", "B", "C"]);
  const whole = await verifyAll();
  expect(whole).toMatchObject({ entries: 3, broken: null, earlier_events: 0, head: { last: { seq: 3 } } });
  await passCheckpoint();
  await setSecrets(["D"]);
  expect(await verifyAll()).toMatchObject({ entries: 4, broken: null });
  const half = await callApi("GET", "/api/audit/verify?after_seq=2");
  expect(half.status).toBe(422);
  const elsewhere = await callApi("GET", `/api/audit/verify?after_seq=2&after_hash=${"0".repeat(64)}`);
  expect(verifiedPartSchema.parse(await elsewhere.json()).broken).toMatchObject({ seq: 3 });
});

it("one workspace's record is no other's", async () => {
  const stranger = await strangerToken();
  await setSecrets(["A", "B"]);
  await setSecrets(["X"], stranger);
  expect(await verifyAll(stranger)).toMatchObject({ entries: 1, broken: null });
  const text = await (await callApi("GET", "/api/audit/export", { token: stranger })).text();
  expect(text).toContain(strangerWorkspace);
  expect(text).not.toContain(ownerWorkspace);
  const refused = await callApi("GET", "/api/audit/export", { token: await strangerToken(["workers:read"]) });
  expect(refused.status).toBe(403);
});

it("changes made at the same moment are one chain, and an event that comes twice is one entry", async () => {
  const names = Array.from({ length: 20 }, (_, index) => `KEY_${index}`);
  await Promise.all(names.map((name) => setSecrets([name])));
  expect(await verifyAll()).toMatchObject({ entries: 20, broken: null });
  const [link] = await stub().read(0);
  await testHost.chain(ownerWorkspace).append(auditRowForm.readText(link?.entry ?? ""));
  expect(await verifyAll()).toMatchObject({ entries: 20 });
});

it("an export is the chain line by line, with the signed end behind it", async () => {
  await setSecrets(["A", "B"]);
  const response = await callApi("GET", "/api/audit/export");
  const lines = (await response.text())
    .trimEnd()
    .split("\n")
    .map((line): unknown => JSON.parse(line));
  expect(lines[0]).toEqual({
    type: "chain",
    format: 1,
    workspace_id: ownerWorkspace,
    after: { seq: 0, hash: "0".repeat(64) },
  });
  const links = lines.slice(1, -1).map((line) => auditLinkSchema.parse(line));
  expect(links.map(({ seq, entry }) => [seq, JSON.parse(entry).resource_id])).toEqual([
    [1, "A"],
    [2, "B"],
  ]);
  expect(auditHeadSchema.parse(lines.at(-1)).last).toEqual({ seq: 2, hash: links[1]?.hash });
});

it("what is older than is kept goes from the beginning, and the rest is still whole", async () => {
  verifies("audit:chain:tamper-evident");
  await setSecrets(["A", "B"]);
  passTime(401 * 86_400_000);
  await setSecrets(["C"]);
  await tidyAudit(auditDeps(testHost), ownerWorkspace);
  const rest = await verifyAll();
  expect(rest).toMatchObject({ entries: 1, broken: null, head: { after: { seq: 2 }, last: { seq: 3 } } });
  expect((await stub().read(0)).map(({ seq }) => seq)).toEqual([3]);
});

it("an old event that came in late goes from the list with the old ones, and the chain is whole all the same", async () => {
  await setSecrets(["A"]);
  const [link] = await stub().read(0);
  const event = auditRowForm.readText(link?.entry ?? "");
  const at = Date.now() - 401 * 86_400_000;
  await testHost.chain(ownerWorkspace).append({ ...event, id: testHost.newId("evt", at), at });
  await setSecrets(["B"]);
  await tidyAudit(auditDeps(testHost), ownerWorkspace);
  const { results } = await env.DB.prepare("SELECT resource_id FROM audit_events").all();
  expect(results).toHaveLength(2);
  expect(await verifyAll()).toMatchObject({ entries: 3, broken: null });
});

it("a list that was away is brought up to date, and nothing is lost by then", async () => {
  await setSecrets(["A"]);
  await env.DB.prepare("ALTER TABLE audit_events RENAME TO away").run();
  expect((await callApi("POST", "/api/secrets/B", { json: { value: "the value" } })).status).toBe(200);
  await env.DB.prepare("ALTER TABLE away RENAME TO audit_events").run();
  passTime(60_001);
  await runDurableObjectAlarm(stub());
  const listed = await env.DB.prepare("SELECT resource_id FROM audit_events ORDER BY resource_id").all();
  expect(listed.results.map(({ resource_id }) => resource_id)).toEqual(["A", "B"]);
});

it("an event that waited since before there was a chain makes none of its time look added", async () => {
  const old = (days: number) => sampleAuditRow(ownerWorkspace, Date.now() - days * 86_400_000);
  await insertEvents(testHost.db, [old(3), old(1)]);
  await testHost.chain(ownerWorkspace).append(old(2));
  await setSecrets(["B"]);
  expect(await verifyAll()).toMatchObject({ entries: 2, broken: null, earlier_events: 2 });
});

it("keys that could not be made once are made for whoever asks next", async () => {
  await setSecrets(["A"]);
  await runInDurableObject(stub(), async (_, { storage }) => {
    let isAway = true;
    const keeper = new ChainKeeper({
      ...chainDeps(testHost),
      makeKeys: (workspaceId) =>
        isAway ? Promise.reject(new Error("away")) : makeChainKeys(testHost.config, workspaceId),
      sql: storage.sql,
      rearm: () => undefined,
      atomically: (act) => storage.transactionSync(act),
      observe: () => undefined,
    });
    await expect(keeper.sign(ownerWorkspace)).rejects.toThrow("away");
    isAway = false;
    expect(await keeper.sign(ownerWorkspace)).toMatchObject({ last: { seq: 1 } });
  });
});

/** What somebody does who can write to the storage, and where that shows. */
type Tampering = [what: string, act: () => Promise<unknown>, shows: Partial<ChainBreak>];

const edited = "replace(entry, 'setSecret', 'getSecret')";
const d1 = (sql: string) => env.DB.prepare(sql).run();

async function rehash(from: number): Promise<void> {
  await runInDurableObject(stub(), async (_, { storage }) => {
    const rows = storage.sql
      .exec<{ seq: number; entry: string }>("SELECT seq, entry FROM links WHERE seq >= ? ORDER BY seq", from)
      .toArray();
    let [before] = storage.sql
      .exec<{ hash: string }>("SELECT hash FROM links WHERE seq = ?", from - 1)
      .toArray();
    for (const { seq, entry } of rows) {
      const text = `floom audit entry 1\n${ownerWorkspace}\n${seq}\n${before?.hash ?? "0".repeat(64)}\n${entry}`;
      before = { hash: await sha256Hex(text) };
      storage.sql.exec("UPDATE links SET hash = ? WHERE seq = ?", before.hash, seq).toArray();
    }
  });
}

const checkpointKey = async (workspaceId: string) =>
  (await env.FILES.list({ prefix: `checkpoints/${workspaceId}/` })).objects[0]?.key ?? "";

async function replaceCheckpoint(text: string): Promise<void> {
  await env.FILES.put(await checkpointKey(ownerWorkspace), text);
}

/** A head that says what it likes, signed by somebody else's key. */
async function signElsewhere(): Promise<string> {
  const keys = await makeChainKeys({ signingKey: "k".repeat(40), earlierSigningKeys: [] }, ownerWorkspace);
  const own = await stub().sign(ownerWorkspace);
  return JSON.stringify(await signHead(keys, own));
}

const tamperings: Tampering[] = [
  ["an entry edited", () => sqlOfChain(`UPDATE links SET entry = ${edited} WHERE seq = 2`), { seq: 2 }],
  [
    "an entry edited, and its hash made anew",
    async () => {
      await sqlOfChain(`UPDATE links SET entry = ${edited} WHERE seq = 2`);
      await rehash(2);
    },
    { seq: 2 },
  ],
  [
    "a hash changed",
    () => sqlOfChain(`UPDATE links SET hash = '${"a".repeat(64)}' WHERE seq = 3`),
    { seq: 3 },
  ],
  ["a MAC changed", () => sqlOfChain(`UPDATE links SET mac = '${"a".repeat(64)}' WHERE seq = 4`), { seq: 4 }],
  ["a key's name changed", () => sqlOfChain("UPDATE links SET key_id = 'another' WHERE seq = 4"), { seq: 4 }],
  ["an id changed", () => sqlOfChain("UPDATE links SET id = 'evt_x' WHERE seq = 3"), { seq: 3 }],
  ["a time changed", () => sqlOfChain("UPDATE links SET at = at - 1 WHERE seq = 3"), { seq: 3 }],
  ["one deleted from the middle", () => sqlOfChain("DELETE FROM links WHERE seq = 3"), { seq: 3 }],
  ["the first deleted", () => sqlOfChain("DELETE FROM links WHERE seq = 1"), { seq: 1 }],
  ["the last deleted", () => sqlOfChain("DELETE FROM links WHERE seq = 5"), { seq: 5 }],
  ["all deleted", () => sqlOfChain("DELETE FROM links"), { seq: 1 }],
  [
    "one deleted, and the rest numbered anew",
    async () => {
      await sqlOfChain("DELETE FROM links WHERE seq = 2");
      for (const seq of [3, 4, 5]) await sqlOfChain("UPDATE links SET seq = ? WHERE seq = ?", seq - 1, seq);
    },
    { seq: 2 },
  ],
  [
    "one deleted, the rest numbered and hashed anew",
    async () => {
      await sqlOfChain("DELETE FROM links WHERE seq = 2");
      for (const seq of [3, 4, 5]) await sqlOfChain("UPDATE links SET seq = ? WHERE seq = ?", seq - 1, seq);
      await rehash(2);
    },
    { seq: 2 },
  ],
  [
    "two in each other's place",
    async () => {
      for (const [from, to] of [
        [2, 99],
        [3, 2],
        [99, 3],
      ] as const)
        await sqlOfChain("UPDATE links SET seq = ? WHERE seq = ?", to, from);
    },
    { seq: 2 },
  ],
  [
    "two entries' texts exchanged",
    () =>
      sqlOfChain(
        "UPDATE links SET entry = (SELECT entry FROM links AS o WHERE o.seq = 5 - links.seq) WHERE seq IN (2, 3)",
      ),
    { seq: 2 },
  ],
  [
    "one repeated at the end",
    () =>
      sqlOfChain(
        "INSERT INTO links SELECT 6, 'evt_y', at, entry, hash, mac, key_id, copied, NULL FROM links WHERE seq = 5",
      ),
    { seq: 6 },
  ],
  [
    "one made up at the end, rightly hashed",
    async () => {
      await sqlOfChain(
        "INSERT INTO links SELECT 6, replace(id, 'evt_0', 'evt_1'), at, replace(entry, 'evt_0', 'evt_1'), hash, mac, key_id, copied, NULL FROM links WHERE seq = 5",
      );
      await rehash(6);
    },
    { seq: 6 },
  ],
  [
    "the beginning said to be too old",
    async () => {
      await sqlOfChain(
        "INSERT INTO places SELECT 'trimmed', seq, hash, at, mac, key_id FROM links WHERE seq = 2",
      );
      await sqlOfChain("DELETE FROM links WHERE seq <= 2");
    },
    { seq: 2 },
  ],
  [
    "the beginning said to be what was signed last",
    async () => {
      await sqlOfChain(
        "INSERT INTO places SELECT 'trimmed', seq, hash, at, mac, key_id FROM places WHERE name = 'checkpoint'",
      );
      await sqlOfChain("DELETE FROM links WHERE seq <= 5");
    },
    { seq: 5 },
  ],
  [
    "an entry filed as another's repeat",
    () => sqlOfChain("UPDATE links SET repeat_key = 'x' WHERE seq = 3"),
    { seq: 3 },
  ],
  [
    "the list says that it was a worker's call",
    () => d1("UPDATE audit_events SET worker = 'hello' WHERE resource_id = 'C'"),
    { seq: 3 },
  ],
  [
    "all of it written anew",
    () => sqlOfChain(`UPDATE links SET entry = ${edited}`).then(() => rehash(1)),
    { seq: 1 },
  ],
  ["the checkpoint gone", async () => env.FILES.delete(await checkpointKey(ownerWorkspace)), { seq: 5 }],
  ["the checkpoint no checkpoint", () => replaceCheckpoint("{"), { seq: 5 }],
  ["the checkpoint signed by another", async () => replaceCheckpoint(await signElsewhere()), { seq: 5 }],
  [
    "the checkpoint another workspace's",
    async () => {
      const other = await env.FILES.get(await checkpointKey(strangerWorkspace));
      await replaceCheckpoint((await other?.text()) ?? "");
    },
    { seq: 5 },
  ],
  [
    "the list edited",
    () => d1("UPDATE audit_events SET outcome = 'refused' WHERE resource_id = 'B'"),
    { seq: 2 },
  ],
  ["one taken from the list", () => d1("DELETE FROM audit_events WHERE resource_id = 'D'"), { seq: 4 }],
  [
    "one added to the list",
    () =>
      d1(
        "INSERT INTO audit_events SELECT workspace_id, replace(id, 'evt_0', 'evt_1'), at, action, outcome, code, actor_kind, actor_id, user_id, resource_kind, resource_id, request_id, address, details, worker FROM audit_events WHERE resource_id = 'E'",
      ),
    { seq: 0 },
  ],
];

it("whatever is done to the record is found, and the first entry that it was done to is named", async () => {
  verifies("audit:chain:tamper-evident");
  await setSecrets(["A", "B", "C", "D", "E"]);
  await setSecrets(["X"], await strangerToken());
  await passCheckpoint(strangerWorkspace);
  await passCheckpoint();
  const triggers = await env.DB.prepare(
    "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_events'",
  ).all<{ name: string }>();
  for (const { name } of triggers.results) await d1(`DROP TRIGGER ${name}`);
  await d1("CREATE TABLE kept_events AS SELECT * FROM audit_events");
  await sqlOfChain("CREATE TABLE kept_links AS SELECT * FROM links");
  const kept = { key: await checkpointKey(ownerWorkspace), text: "" };
  kept.text = (await (await env.FILES.get(kept.key))?.text()) ?? "";
  for (const [what, act, shows] of tamperings) {
    await act();
    const { broken, head } = await verifyAll();
    expect([what, broken, head]).toEqual([what, expect.objectContaining(shows), null]);
    await sqlOfChain("DELETE FROM links");
    await sqlOfChain("INSERT INTO links SELECT * FROM kept_links");
    await sqlOfChain("DELETE FROM places WHERE name = 'trimmed'");
    await d1("DELETE FROM audit_events");
    await d1("INSERT INTO audit_events SELECT * FROM kept_events");
    await env.FILES.put(kept.key, kept.text);
  }
  expect(await verifyAll()).toMatchObject({ entries: 5, broken: null });
});
