import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import * as z from "zod";
import { problemSchema } from "#contract/problem";
import { secretSummarySchema, secretTestSchema, secretVersionSchema } from "#contract/secrets/secret";
import { pushResultSchema, workerDetailSchema } from "#contract/workers/worker";
import { callApi, ownerWorkspace, strangerToken, testHost } from "../../test/support/workerd/api-harness.ts";
import { strangerWorkspace } from "../../test/support/workerd/stranger.ts";
import { openOtherEdge } from "../../test/support/workerd/other-edge.ts";
import { findWorkerId } from "../../test/support/workerd/seed-all.ts";
import { verifies } from "../../test/verifies.ts";
import { vaultDeps } from "../compose/secret-deps.ts";
import { forgetOldValues } from "./service.ts";
import { giveSecrets, listValuesToMask } from "./vault-service.ts";

const set = (name: string, json: object, token?: string) =>
  callApi("POST", `/api/secrets/${name}`, { json, ...(token === undefined ? {} : { token }) });
const readSummary = async (answer: Response) => secretSummarySchema.parse(await answer.json());
const problemOf = async (answer: Response) => problemSchema.parse(await answer.json());
const list = async () =>
  z.array(secretSummarySchema).parse(await (await callApi("GET", "/api/secrets")).json());
const versionsOf = async (name: string) =>
  z.array(secretVersionSchema).parse(await (await callApi("GET", `/api/secrets/${name}/versions`)).json());

const filesOf = (name: string, secrets: string) => ({
  worker_yml: `schema_version: "0.3"\nname: ${name}\ntitle: T\nversion: 0.1.0\nexec:\n  entry: run.py\n${secrets}`,
  run_py: "print(1)\n",
});

async function push(name: string, secrets: string) {
  const answer = await callApi("POST", "/api/workers", { json: filesOf(name, secrets) });
  return pushResultSchema.parse(await answer.json());
}

const start = (worker: string) => callApi("POST", `/api/workers/${worker}/runs`, { json: { inputs: {} } });
const vault = vaultDeps(testHost);
interface Use {
  workerId?: string;
  runId?: string;
  workspace?: string;
}
const giveAll = (names: string[], use: Use = {}) =>
  giveSecrets(vault, use.workspace ?? ownerWorkspace, {
    names,
    workerId: use.workerId ?? "wrk_any",
    runId: use.runId ?? "run_any",
  });
const maskedFor = (names: string[], since = 0) => listValuesToMask(vault, ownerWorkspace, { names, since });
const give = async (names: string[], use?: Use) => (await giveAll(names, use)).values;

/** Everything that D1 holds, as one text. */
async function dumpTables(): Promise<string> {
  const { results } = await env.DB.prepare(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\'",
  ).all<{ name: string }>();
  const dumps = await Promise.all(results.map(({ name }) => env.DB.prepare(`SELECT * FROM "${name}"`).all()));
  return JSON.stringify(dumps.map(({ results: rows }) => rows));
}

it("a secret is set and told of, and its value is in no answer and no table", async () => {
  verifies("secrets:stored:write-only");
  const value = "sk-live-4f9a\nsecond line";
  const answer = await set("WRITE_ONLY", { value });
  expect(answer.status).toBe(200);
  const said = await Promise.all(
    [
      ["GET", "/api/secrets"],
      ["GET", "/api/secrets/WRITE_ONLY"],
      ["GET", "/api/secrets/WRITE_ONLY/versions"],
      ["POST", "/api/secrets/WRITE_ONLY/test"],
    ].map(async ([method = "", path = ""]) => (await callApi(method, path)).text()),
  );
  for (const text of [await answer.text(), ...said, await dumpTables()]) {
    expect(text).not.toContain("sk-live");
    expect(text).not.toContain(btoa("sk-live-4f9"));
  }
  expect(await give(["WRITE_ONLY"])).toEqual({ WRITE_ONLY: value });
});

it("a name or a value that cannot be one is refused without the value being repeated", async () => {
  for (const name of ["lower", "FLOOM_KEY", "E2B_API_KEY", "LD_PRELOAD", "PATH", `A${"B".repeat(64)}`]) {
    const { code } = await problemOf(await set(name, { value: "fine" }));
    expect([name, code]).toEqual([name, "invalid_secret"]);
  }
  for (const value of ["bell:\u0007bell:", "x".repeat(32 * 1024 + 1)]) {
    const text = await (await set("BAD_VALUE", { value })).text();
    expect(JSON.parse(text)).toMatchObject({ status: 400, code: "invalid_secret" });
    expect(text).not.toContain("bell:");
  }
  expect((await callApi("GET", "/api/secrets/BAD_VALUE")).status).toBe(404);
});

it("a list says at once what workers declare since a push, an activation and an archiving", async () => {
  const usedBy = async () =>
    (await list()).filter(({ name }) => name === "LISTED_KEY").map((it) => it.used_by);
  const change = async (method: string, path: string, json?: object) =>
    expect((await callApi(method, path, json === undefined ? {} : { json })).status).toBeLessThan(300);
  await push("listed-plain", "");
  expect(await usedBy()).toEqual([]);
  await push("listed-first", "  secrets: [LISTED_KEY]\n");
  expect(await usedBy()).toEqual([["listed-first"]]);
  await change("PUT", "/api/workers/listed-plain", filesOf("listed-plain", "  secrets: [LISTED_KEY]\n"));
  expect(await usedBy()).toEqual([["listed-first", "listed-plain"]]);
  await change("POST", "/api/workers/listed-plain/versions/1/activate");
  expect(await usedBy()).toEqual([["listed-first"]]);
  await change("POST", "/api/workers/listed-first/archive");
  expect(await usedBy()).toEqual([]);
});

it("a value that is set again is a new version, and runs get the newest", async () => {
  verifies("secrets:api:versions");
  await set("TURNED", { value: "first" });
  expect(await readSummary(await set("TURNED", { value: "second" }))).toMatchObject({
    version: 2,
    status: "set",
  });
  expect(await give(["TURNED"])).toEqual({ TURNED: "second" });
  const versions = await versionsOf("TURNED");
  expect(versions.map(({ version, current, kept }) => [version, current, kept])).toEqual([
    [2, true, true],
    [1, false, true],
  ]);
  expect(versions[1]?.retired_at).not.toBeNull();
  // What was replaced may still be printed by a run that has it.
  expect((await maskedFor(["TURNED"])).toSorted()).toEqual(["first", "second"]);
  // A run that was accepted after that cannot have it.
  expect(await maskedFor(["TURNED"], Date.now() + 3_600_000)).toEqual(["second"]);
  await Promise.all(["a", "b", "c", "d"].map((value) => set("TURNED", { value })));
  expect((await versionsOf("TURNED")).map(({ version }) => version)).toEqual([6, 5, 4, 3, 2, 1]);
});

it("a deleted secret is given to nobody, and its values are wiped when no run can have them any more", async () => {
  verifies("secrets:api:deleted");
  await set("GONE", { value: "gone-value" });
  expect((await callApi("DELETE", "/api/secrets/GONE")).status).toBe(204);
  expect((await callApi("DELETE", "/api/secrets/GONE")).status).toBe(404);
  expect((await callApi("GET", "/api/secrets/GONE")).status).toBe(404);
  expect(await give(["GONE"])).toEqual({});
  expect(await maskedFor(["GONE"])).toEqual(["gone-value"]);
  const hours = (count: number) => ({ db: vault.db, clock: () => Date.now() + count * 3_600_000 });
  await forgetOldValues(hours(24), ownerWorkspace);
  expect(await maskedFor(["GONE"])).toEqual(["gone-value"]);
  await forgetOldValues(hours(26), ownerWorkspace);
  expect(await maskedFor(["GONE"])).toEqual([]);
  expect(await readSummary(await set("GONE", { value: "back" }))).toMatchObject({ version: 2 });
});

it("what a worker declares in either place is told at push and refused at start by name, until it is set", async () => {
  verifies("secrets:run:missing-refused");
  const declares = "  secrets: [FIRST_KEY]\ncapabilities: {secrets: [SECOND_KEY]}\n";
  const { warnings, worker } = await push("wants-keys", declares);
  expect(worker.status).toBe("missing_secret");
  expect(warnings.map(({ code, message }) => [code, message.includes("FIRST_KEY, SECOND_KEY")])).toEqual([
    ["missing_secrets", true],
  ]);
  await set("FIRST_KEY", { value: "one-value" });
  const refused = await problemOf(await start("wants-keys"));
  expect(refused).toMatchObject({ status: 409, code: "missing_secrets" });
  expect(refused.detail).toContain("SECOND_KEY");
  expect(refused.detail).not.toContain("FIRST_KEY");
  expect(refused.detail).toContain("floom secrets set SECOND_KEY");
  const listed = await list();
  expect(listed.find(({ name }) => name === "SECOND_KEY")).toMatchObject({
    status: "missing",
    used_by: ["wants-keys"],
  });
  const detail = await callApi("GET", "/api/workers/wants-keys");
  expect(workerDetailSchema.parse(await detail.json())).toMatchObject({
    secrets: ["FIRST_KEY", "SECOND_KEY"],
    missing_secrets: ["SECOND_KEY"],
  });
  await set("SECOND_KEY", { value: "two-value" });
  expect((await start("wants-keys")).status).toBe(202);
});

it("a secret that is kept to a worker is missing for every other, also for one made again under its name", async () => {
  verifies("secrets:api:grants");
  for (const name of ["granted", "not-granted"]) await push(name, "  secrets: [KEPT]\n");
  expect(await readSummary(await set("KEPT", { value: "kept-value", workers: ["granted"] }))).toMatchObject({
    workers: ["granted"],
    used_by: ["granted", "not-granted"],
  });
  expect((await problemOf(await start("not-granted"))).detail).toContain("KEPT");
  expect((await start("granted")).status).toBe(202);
  const workerId = await findWorkerId("not-granted");
  expect(await give(["KEPT"], { workerId })).toEqual({});
  // A new value changes nothing about who may have it.
  expect((await readSummary(await set("KEPT", { value: "other-value" }))).workers).toEqual(["granted"]);
  const unknown = await callApi("PUT", "/api/secrets/KEPT/grants", { json: { workers: ["nobody"] } });
  expect((await problemOf(unknown)).errors).toMatchObject([{ pointer: "/workers/0" }]);
  await callApi("PUT", "/api/secrets/KEPT/grants", { json: { workers: null } });
  expect(await give(["KEPT"], { workerId })).toEqual({ KEPT: "other-value" });
});

it("a secret tells which run was given it, and not more than once an hour", async () => {
  verifies("secrets:api:last-used");
  await set("USED", { value: "used-value" });
  const usedBy = async () => (await list()).find(({ name }) => name === "USED")?.last_used_run_id;
  expect(await usedBy()).toBeNull();
  await give(["USED"], { runId: "run_1" });
  expect(await usedBy()).toBe("run_1");
  await give(["USED"], { runId: "run_2" });
  expect(await usedBy()).toBe("run_1");
  const later = { ...vault, clock: () => Date.now() + 3_700_000 };
  await giveSecrets(later, ownerWorkspace, { names: ["USED"], workerId: "wrk_any", runId: "run_3" });
  expect(await usedBy()).toBe("run_3");
});

it("two workspaces may have a secret of one name, and neither gets the other's", async () => {
  await set("SHARED_NAME", { value: "the-owners" });
  await set("SHARED_NAME", { value: "the-strangers" }, await strangerToken());
  expect(await give(["SHARED_NAME"])).toEqual({ SHARED_NAME: "the-owners" });
  expect(await give(["SHARED_NAME"], { workspace: strangerWorkspace })).toEqual({
    SHARED_NAME: "the-strangers",
  });
  // A row that was moved to another workspace by hand opens nothing there.
  await env.DB.prepare(
    "UPDATE secret_versions SET box = (SELECT box FROM secret_versions WHERE name = 'SHARED_NAME' AND workspace_id = ?) WHERE name = 'SHARED_NAME' AND workspace_id = ?",
  )
    .bind(ownerWorkspace, strangerWorkspace)
    .run();
  await expect(give(["SHARED_NAME"], { workspace: strangerWorkspace })).rejects.toThrow();
});

it("a secret with hosts is no script's: its value goes into requests, and what scripts find is a word for it", async () => {
  verifies("secrets:hosts:never-inside");
  const hosts = ["API.example.com", "api.example.com."];
  const answer = await set("BOUND", { value: "sk-bound", hosts });
  const header = "Authorization: Bearer {value}";
  expect(await readSummary(answer)).toMatchObject({ hosts: ["api.example.com"], header });
  expect(await giveAll(["BOUND"])).toEqual({
    values: { BOUND: "${secret:BOUND}" },
    bound: [{ name: "BOUND", hosts: ["api.example.com"], header: "authorization", text: "Bearer sk-bound" }],
  });
  expect(await maskedFor(["BOUND"])).toEqual(["sk-bound"]);
});

it("hosts stay when the value is replaced, and change only together with the value", async () => {
  verifies("secrets:hosts:bound-with-the-value");
  await set("STAYS", { value: "sk-first", hosts: ["api.example.com"], header: "X-Key: {value}" });
  expect(await readSummary(await set("STAYS", { value: "sk-second" }))).toMatchObject({
    hosts: ["api.example.com"],
    header: "X-Key: {value}",
  });
  expect((await giveAll(["STAYS"])).bound).toMatchObject([{ header: "x-key", text: "sk-second" }]);
  await callApi("PUT", "/api/secrets/STAYS/grants", { json: { workers: null } });
  expect(await giveAll(["STAYS"])).toMatchObject({ values: { STAYS: "${secret:STAYS}" } });
  // Not in a request without a value, and not beside one either where it says nothing of hosts.
  const moved = await callApi("PUT", "/api/secrets/STAYS/grants", {
    json: { workers: null, hosts: ["evil.example.com"] },
  });
  expect(moved.status).toBe(422);
  expect((await set("STAYS", { hosts: ["evil.example.com"] })).status).toBe(422);
  expect(await readSummary(await set("STAYS", { value: "sk-third", hosts: [] }))).toMatchObject({
    hosts: [],
    header: null,
  });
  expect(await giveAll(["STAYS"])).toEqual({ values: { STAYS: "sk-third" }, bound: [] });
});

it("hosts and headers that no secret is bound to are refused, and the value is not repeated", async () => {
  for (const json of [
    { hosts: ["10.0.0.1"] },
    { hosts: ["api.example.com:8443"] },
    { hosts: ["api.example.com"], header: "Host: {value}" },
    { header: "X-Key: {value}" },
    { hosts: ["api.example.com"], value: "sk-two\nlines" },
  ]) {
    const text = await (await set("UNBINDABLE", { value: "sk-fine", ...json })).text();
    expect(JSON.parse(text)).toMatchObject({ status: 400, code: "invalid_secret" });
    expect(text).not.toContain("sk-");
  }
  expect((await callApi("GET", "/api/secrets/UNBINDABLE")).status).toBe(404);
});

it("without a master key nothing is kept, and a test says of what was kept before that it does not open", async () => {
  await set("LOCKED", { value: "locked-value" });
  const edge = openOtherEdge({ FLOOM_MASTER_KEYS: "" });
  const refused = await edge.call("POST", "/api/secrets/LOCKED", { json: { value: "x" } });
  expect([refused.status, await problemOf(refused)]).toMatchObject([503, { code: "no_master_key" }]);
  const test = async (answer: Response) => secretTestSchema.parse(await answer.json()).status;
  expect(await test(await edge.call("POST", "/api/secrets/LOCKED/test"))).toBe("unreadable");
  expect(await test(await callApi("POST", "/api/secrets/LOCKED/test"))).toBe("valid");
  expect((await list()).find(({ name }) => name === "LOCKED")).toMatchObject({ last_check_status: "valid" });
});

it("a key that is lost or was tampered with is refused by its name when a secret is set, and no part of it is told", async () => {
  verifies("secrets:stored:envelope");
  await set("BEFORE", { value: "sealed-before" });
  const other = openOtherEdge({ FLOOM_MASTER_KEYS: `other:${btoa("\x05".repeat(32))}` });
  const lost = await problemOf(
    await other.call("POST", "/api/secrets/AFTER", { json: { value: "s3cr3t-after" } }),
  );
  expect(lost).toMatchObject({ status: 503, code: "master_key_missing" });
  expect(lost.detail).toContain("put that key back");
  expect(JSON.stringify(lost)).not.toContain("s3cr3t-after");

  const read = () =>
    env.DB.prepare("SELECT wrapped FROM workspace_keys WHERE workspace_id = ?")
      .bind(ownerWorkspace)
      .first<string>("wrapped");
  const whole = (await read()) ?? "";
  const write = (text: string) =>
    env.DB.prepare("UPDATE workspace_keys SET wrapped = ? WHERE workspace_id = ?")
      .bind(text, ownerWorkspace)
      .run();
  for (const changed of [
    "",
    "fk1",
    whole.slice(0, -4),
    whole.replace("fk1", "fk2"),
    `${whole}.x`,
    `${whole.slice(0, -9)}A${whole.slice(-8)}`,
    `${whole}%`,
  ]) {
    if (changed === whole) continue;
    await write(changed);
    const refused = await problemOf(await set("AFTER", { value: "s3cr3t-after" }));
    expect(refused, changed).toMatchObject({ status: 503, code: "master_key_missing" });
    expect(JSON.stringify(refused)).not.toContain(whole.slice(8, 24));
    const tested = secretTestSchema.parse(await (await callApi("POST", "/api/secrets/BEFORE/test")).json());
    expect(tested.status, changed).toBe("unreadable");
  }
  await write(whole);
  expect(await give(["BEFORE"])).toEqual({ BEFORE: "sealed-before" });
});
