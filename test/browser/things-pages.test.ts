import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test } from "vitest";
import { createClient } from "#contract/client";
import { routes } from "#contract/routes";
import { verifies } from "../verifies.ts";
import { findAccessibilityFaults, launchBrowser } from "./open-page.ts";
import { closeWatchedPage, openApp, openWatchedPage, settle } from "./watch-page.ts";
import type { WatchedPage } from "./watch-page.ts";

const { url, token } = inject("floom");
const api = createClient<Response>({ origin: url, token, fetch: (address, init) => fetch(address, init) });

let browser: Browser;
let page: Page;
let watched: WatchedPage;

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());
beforeEach(async () => {
  watched = await openWatchedPage(browser, { reducedMotion: "reduce" });
  ({ page } = watched);
});
afterEach(() => closeWatchedPage(watched));

const open = (path: string) => openApp(page, url + path, token);

/** In light and in dark mode. */
async function findFaults(): Promise<string[]> {
  const found: string[] = [];
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    found.push(...(await findAccessibilityFaults(page)));
  }
  return found;
}

test("the tables of a store are listed, and looked into at a press", async () => {
  verifies("web:store:tables-listed");
  const execute = (sql: string) => api.call(routes.executeStore, { json: { sql } });
  await execute(`CREATE TABLE IF NOT EXISTS "odd ""name" (shop TEXT, price INTEGER)`);
  await execute(`INSERT INTO "odd ""name" VALUES ('Corner shop', 1250)`);
  await open("/store");
  await page.getByRole("button", { name: 'Look into it: the table odd "name' }).press("Enter");
  await page.getByRole("cell", { name: "Corner shop" }).first().waitFor();
  expect(await findFaults()).toEqual([]);
  await execute(`DROP TABLE "odd ""name"`);
});

test("approvals are filtered by the worker that asks, and the filter stands in the address", async () => {
  verifies("web:approvals:filtered-by-worker");
  await api.call(routes.startRun, {
    params: { worker: "outbound-approval-demo" },
    json: { inputs: { recipient: "by-worker@example.com", topic: "filters" } },
    query: { wait: 20 },
  });
  await open("/approvals");
  await page.getByRole("article", { name: /by-worker@example\.com/ }).waitFor();
  await page.getByRole("combobox", { name: "Worker" }).selectOption("approve-in-place");
  await expect.poll(() => new URL(page.url()).search).toBe("?worker=approve-in-place");
  await settle(page);
  expect(await page.getByRole("article", { name: /by-worker@example\.com/ }).count()).toBe(0);
  await open("/workers/outbound-approval-demo/approvals");
  await page
    .getByRole("cell", { name: /by-worker@example\.com/ })
    .first()
    .waitFor();
});
