import { expect, it } from "vitest";
import * as z from "zod";
import type { Principal } from "#contract/access/access";
import type { WorkspaceId } from "#contract/ids";
import { secretSummarySchema } from "#contract/secrets/secret";
import { Browser, signUp } from "../../test/support/workerd/account-harness.ts";
import { callApi, ownerToken, testHost } from "../../test/support/workerd/api-harness.ts";
import { openMcp } from "../../test/support/workerd/mcp-client.ts";
import { untouchedDb } from "../../test/support/workerd/untouched-db.ts";
import { authenticate } from "../access/service.ts";
import { accessDeps } from "../compose/access-deps.ts";
import { vaultDeps } from "../compose/secret-deps.ts";
import { readCatalogMark } from "../catalog/mark-store.ts";
import type { Db } from "../platform/db/client.ts";
import { listSecrets } from "./service.ts";
import { giveSecrets } from "./vault-service.ts";

const set = (name: string, json: object) => callApi("POST", `/api/secrets/${name}`, { json });
const list = async () =>
  z.array(secretSummarySchema).parse(await (await callApi("GET", "/api/secrets")).json());
const find = async (name: string) => (await list()).find((one) => one.name === name);

async function owner(): Promise<Principal> {
  const headers = { authorization: `Bearer ${ownerToken}` };
  return authenticate(accessDeps(testHost), new Request("http://floom.test/", { headers }));
}

const listAt = (db: Db, principal: Principal, mark: number | undefined) =>
  listSecrets({ ...vaultDeps(testHost), db, takeMark: () => mark }, principal);

it("what the mark says is as it was is told without the database, and is asked for where it moved or nobody read it", async () => {
  await set("KEPT", { value: "one" });
  const principal = await owner();
  const mark = await readCatalogMark(testHost.db, principal.workspace_id);
  const told = await listAt(testHost.db, principal, mark);
  expect(await listAt(untouchedDb, principal, mark)).toEqual(told);
  await expect(listAt(untouchedDb, principal, mark + 1)).rejects.toThrow();
  await expect(listAt(untouchedDb, principal, undefined)).rejects.toThrow();
  const elsewhere = { ...principal, workspace_id: "wsp_33333333333333333333333333" as WorkspaceId };
  await expect(listAt(untouchedDb, elsewhere, mark)).rejects.toThrow();
});

it("a list tells of each change right after it: a value, who may have it, a check, a use, an end", async () => {
  await list();
  await set("TOLD", { value: "one" });
  expect(await find("TOLD")).toMatchObject({ status: "set", version: 1, hosts: [], last_used_at: null });
  await set("TOLD", { value: "two", hosts: ["api.example.com"] });
  expect(await find("TOLD")).toMatchObject({ version: 2, hosts: ["api.example.com"] });
  await set("TOLD", { value: "three", hosts: [] });
  await callApi("POST", "/api/secrets/TOLD/test");
  expect((await find("TOLD"))?.last_checked_at).not.toBeNull();
  const { workspace_id: workspaceId } = await owner();
  await giveSecrets(vaultDeps(testHost), workspaceId, {
    names: ["TOLD"],
    workerId: "wrk_any",
    runId: "run_told",
  });
  expect(await find("TOLD")).toMatchObject({ version: 3, last_used_run_id: "run_told" });
  await callApi("DELETE", "/api/secrets/TOLD");
  expect(await find("TOLD")).toBeUndefined();
});

it("a tool that lists secrets tells what another call has just set", async () => {
  const client = await openMcp();
  const names = async () =>
    JSON.stringify((await client.callTool({ name: "secret_list", arguments: {} })).structuredContent);
  expect(await names()).not.toContain("BY_TOOL");
  await client.callTool({ name: "secret_set", arguments: { secret: "BY_TOOL", value: "one" } });
  expect(await names()).toContain("BY_TOOL");
  await client.callTool({ name: "secret_delete", arguments: { secret: "BY_TOOL" } });
  expect(await names()).not.toContain("BY_TOOL");
});

it("whoever is signed in is told by their next list what has changed", async () => {
  const browser = new Browser();
  await signUp(browser, "ada@floom.test");
  const names = async () => (await browser.call("GET", "/api/secrets")).text();
  expect(await names()).not.toContain("BY_PERSON");
  await browser.call("POST", "/api/secrets/BY_PERSON", { json: { value: "one" } });
  expect(await names()).toContain("BY_PERSON");
  await browser.call("DELETE", "/api/secrets/BY_PERSON");
  expect(await names()).not.toContain("BY_PERSON");
});
