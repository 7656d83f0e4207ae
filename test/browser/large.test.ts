import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test } from "vitest";
import { createClient } from "#contract/client";
import { routes } from "#contract/routes";
import { verifies } from "../verifies.ts";
import { findAccessibilityFaults, launchBrowser } from "./open-page.ts";
import { closeWatchedPage, openApp, openWatchedPage, press } from "./watch-page.ts";
import type { WatchedPage } from "./watch-page.ts";

const { url, token } = inject("floom");
const api = createClient<Response>({ origin: url, token, fetch: (address, init) => fetch(address, init) });

const MANIFEST = (name: string, outputs: string) => `schema_version: "0.3"
name: ${name}
title: ${name}
version: 0.1.0
exec:
  entry: run.py
  runtime: python311
  inputs: [{ name: seconds, type: number, default: 0 }]
  outputs: ${outputs}
limits: { timeout_seconds: 300 }
`;
const LINES = 200_000;
const ROWS = 100_000;
/** Prints as many lines as a page keeps, the last of them unlike all others. */
const PRINTS = `import json, sys
from pathlib import Path
sys.stdout.write("".join(f"{at}\\n" for at in range(1, ${LINES})) + "the very last one\\n")
sys.stdout.flush()
Path("result.json").write_text(json.dumps({"status": "success", "outputs": {}}))
`;
/** Leaves a table of as many rows as a page shows. */
const TABLE = `import json
from pathlib import Path
Path("out").mkdir(exist_ok=True)
with open("out/rows.csv", "w") as out:
    out.write("number,name\\n")
    out.writelines(f"{at},row {at}\\n" for at in range(1, ${ROWS} + 1))
Path("result.json").write_text(json.dumps({"status": "success", "outputs": {}}))
`;
/** Goes on for as long as it is told, a line every fifth of a second. */
const TICKS = `import json, time
from pathlib import Path
seconds = json.loads(Path("inputs.json").read_text())["seconds"]
for at in range(int(seconds * 5)):
    print("tick", at, flush=True)
    time.sleep(0.2)
Path("result.json").write_text(json.dumps({"status": "success", "outputs": {}}))
`;

/** So many rows are at most on a page: those in sight, and some above and below. */
const MOST_DRAWN = 120;

let browser: Browser;
let page: Page;
let watched: WatchedPage;

beforeAll(async () => {
  browser = await launchBrowser();
  const csv = "[{ name: rows, kind: file, media_type: text/csv, path: out/rows.csv }]";
  for (const [name, outputs, run_py] of [
    ["prints-much", "[]", PRINTS],
    ["large-table", csv, TABLE],
    ["ticks", "[]", TICKS],
  ] as const)
    await api.call(routes.createWorker, { json: { worker_yml: MANIFEST(name, outputs), run_py } });
});
afterAll(() => browser.close());
beforeEach(async () => {
  watched = await openWatchedPage(browser);
  ({ page } = watched);
});
afterEach(({ task }) => closeWatchedPage(watched, { hasFailed: task.result?.state === "fail" }));

async function start(worker: string, seconds = 0): Promise<string> {
  const json = { inputs: { seconds } };
  const { id } = await api.call(routes.startRun, { params: { worker }, json });
  return id;
}

async function runToEnd(worker: string): Promise<string> {
  const id = await start(worker);
  await expect
    .poll(async () => (await api.call(routes.getRun, { params: { run: id } })).status)
    .toBe("completed");
  return id;
}

test("a log of 200,000 lines is scrolled and searched to its last line", async () => {
  verifies("web:log:200000-lines");
  const run = await runToEnd("prints-much");
  await page.goto(`${url}/runs/${run}#token=${token}`);
  await page.getByText("200,000 lines", { exact: true }).waitFor();
  const lines = page.locator(".log-line");
  // It opens at its end.
  await lines.getByText("the very last one", { exact: true }).waitFor();
  expect(await lines.count()).toBeLessThan(MOST_DRAWN);
  const box = page.getByRole("region", { name: "Lines of the log" });
  await press(box, "Home");
  await lines.getByText("1", { exact: true }).waitFor();
  expect(await lines.count()).toBeLessThan(MOST_DRAWN);
  await box.evaluate((element) => element.scrollTo({ top: element.scrollHeight / 2 }));
  await lines.getByText("100000", { exact: true }).waitFor();
  expect(await lines.count()).toBeLessThan(MOST_DRAWN);
  await page.getByRole("searchbox", { name: "Find in the log" }).fill("very last");
  await page.getByText("1 of 200,000 lines").waitFor();
  await expect.poll(() => lines.allInnerTexts()).toEqual(["the very last one"]);
  await page.getByRole("searchbox", { name: "Find in the log" }).fill("19999");
  await page.getByText("12 of 200,000 lines").waitFor();
  expect(await findAccessibilityFaults(page)).toEqual([]);
});

test("a table of 100,000 rows is opened, scrolled, sorted and searched", async () => {
  verifies("web:table:100000-rows");
  const run = await runToEnd("large-table");
  await page.goto(`${url}/runs/${run}#token=${token}`);
  await page.getByText("100,000 rows", { exact: true }).waitFor();
  const rows = page.locator(".table-frame tbody tr[aria-rowindex]");
  expect(await rows.count()).toBeLessThan(MOST_DRAWN);
  const frame = page.locator(".table-frame");
  await press(frame, "End");
  await rows.getByText("row 100000", { exact: true }).waitFor();
  await press(page.getByRole("button", { name: "number" }), "Enter");
  await press(page.getByRole("button", { name: "number" }), "Enter");
  await frame.evaluate((element) => element.scrollTo({ top: 0 }));
  await expect.poll(() => rows.first().innerText()).toContain("100000");
  await page.getByRole("searchbox", { name: "Show rows with" }).fill("row 77777");
  await page.getByText("1 row", { exact: true }).waitFor();
  await expect.poll(() => rows.count()).toBe(1);
});

/** What a tab asks of one run. */
function listenTo(tab: Page, run: string): string[] {
  const asked: string[] = [];
  tab.on("request", (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.startsWith(`/api/runs/${run}`)) asked.push(pathname.slice(`/api/runs/${run}`.length));
  });
  return asked;
}

/** Runs in a page before its script: nobody looks at it until the test says so. */
function hide(): void {
  let state = "hidden";
  Object.defineProperty(document, "visibilityState", { get: () => state });
  Object.assign(globalThis, {
    showTab: () => {
      state = "visible";
      document.dispatchEvent(new Event("visibilitychange"));
    },
  });
}

test("fifty tabs of one run ask for its record and one stream each, and those that nobody sees for no stream", async () => {
  verifies("web:run:one-stream-a-tab", "web:live-log:only-in-sight");
  const run = await start("ticks", 600);
  const context = page.context();
  // One browser: it has six connections to the server, for all its tabs together.
  await openApp(page, `${url}/settings`, token);
  const hidden = await Promise.all(
    Array.from({ length: 49 }, async () => {
      const tab = await context.newPage();
      await tab.addInitScript(hide);
      return { tab, asked: listenTo(tab, run) };
    }),
  );
  for (const { tab } of hidden) await tab.goto(`${url}/runs/${run}`, { waitUntil: "commit" });
  const asked = listenTo(page, run);
  await page.goto(`${url}/runs/${run}`);
  await page
    .locator(".log-line")
    .getByText(/^tick \d+$/)
    .first()
    .waitFor();
  for (const { tab } of hidden) await tab.getByRole("heading", { name: "Run of ticks" }).waitFor();
  expect(hidden.flatMap((one) => one.asked).filter((path) => path === "/events")).toEqual([]);
  const [first] = hidden;
  if (first === undefined) throw new Error("There is no hidden tab.");
  await first.tab.evaluate(() => (globalThis as unknown as { showTab: () => void }).showTab());
  const ticks = first.tab.locator(".log-line").getByText(/^tick \d+$/);
  await ticks.first().waitFor();
  await api.call(routes.cancelRun, { params: { run } });
  for (const tab of [page, first.tab])
    await tab.locator(".facts").getByText("Cancelled", { exact: true }).waitFor();
  const ofRun = (paths: readonly string[]) => paths.filter((path) => path === "" || path === "/events");
  for (const paths of [asked, first.asked])
    await expect.poll(() => ofRun(paths).toSorted()).toEqual(["", "", "/events"]);
  expect(hidden.slice(1).map((one) => ofRun(one.asked))).toEqual(hidden.slice(1).map(() => [""]));
});

test("a page that was open while a server came that tells more goes on showing a run to its end", async () => {
  verifies("web:deployment:new-kinds");
  const run = await runToEnd("ticks");
  await page.route(`**/api/runs/${run}/events`, async (route) => {
    const answer = await route.fetch();
    const text = await answer.text();
    const [first = "", ...rest] = text.split("\n\n");
    const more = { type: "forecast", seq: 1, timestamp: "2026-01-01T00:00:00.000Z", ends_at: "soon" };
    const body = [`data: ${JSON.stringify(more)}`, first.replace("{", '{"colour":"red",'), ...rest].join(
      "\n\n",
    );
    await route.fulfill({ response: answer, body });
  });
  await page.route(`**/api/runs/${run}`, async (route) => {
    const answer = await route.fetch();
    const detail: unknown = await answer.json();
    await route.fulfill({ response: answer, json: { ...(detail as object), forecast: { ends_at: "soon" } } });
  });
  await openApp(page, `${url}/runs/${run}`, token);
  await page.locator(".facts").getByText("Completed", { exact: true }).waitFor();
  expect(await page.getByRole("alert").count()).toBe(0);
});
