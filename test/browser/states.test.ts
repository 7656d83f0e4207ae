import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { createClient } from "#contract/client";
import { routes } from "#contract/routes";
import { verifies } from "../verifies.ts";
import { findAccessibilityFaults, launchBrowser } from "./open-page.ts";
import { closeWatchedPage, openApp, openWatchedPage, settle } from "./watch-page.ts";

const { url, token } = inject("floom");
const api = createClient<Response>({ origin: url, token, fetch: (address, init) => fetch(address, init) });

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

const worker = "/workers/hello-worker";
/** Every page that shows something of the server's as soon as it is opened. */
const paths = [
  "/",
  "/workers",
  "/runs",
  "/runs/run_00000000000000000000000000",
  "/approvals",
  "/sessions",
  "/sessions/ses_00000000000000000000000000",
  "/schedules",
  "/inbox",
  "/dead-letters",
  "/secrets",
  "/store",
  "/contexts",
  "/connections",
  "/trust",
  "/audit",
  "/members",
  "/tokens",
  "/settings",
  "/account",
  worker,
  `${worker}/versions`,
] as const;

const problem = {
  type: "about:blank",
  title: "Something went wrong here",
  status: 500,
  detail: "The server met a fault of its own.",
  instance: "/",
  code: "internal",
  request_id: "req_01j",
  retryable: true,
};

/** Goes to an address of the app without loading it anew. */
async function goTo(page: Page, path: string): Promise<void> {
  await page.evaluate((address) => {
    history.pushState(null, "", address);
    dispatchEvent(new PopStateEvent("popstate"));
  }, path);
  await settle(page);
}

test.each(["a server that fails", "no server"])(
  "every page tells of %s, with a way to try again",
  async (what) => {
    verifies("web:states:broken-is-told");
    const watched = await openWatchedPage(browser);
    const { page } = watched;
    await openApp(page, `${url}/new-worker`, token);
    await page.route("**/api/**", (route) =>
      what === "no server"
        ? route.abort()
        : route.fulfill({ status: 500, contentType: "application/problem+json", json: problem }),
    );
    const silent: string[] = [];
    const faults: [string, string[]][] = [];
    for (const path of paths) {
      await goTo(page, path);
      const tries = page.locator("main").getByRole("alert").getByRole("button", { name: "Try again" });
      if ((await tries.count()) === 0) silent.push(path);
      const found = await findAccessibilityFaults(page);
      if (found.length > 0) faults.push([path, found]);
    }
    expect(silent).toEqual([]);
    expect(faults).toEqual([]);
    await closeWatchedPage(watched);
  },
);

test.each([
  ["/sign-up", "sign-up-page"],
  ["/", "overview-page"],
])(
  "at %s a part of the app that does not come, %s, is told with a way to load it anew",
  async (path, part) => {
    verifies("web:states:broken-is-told");
    const watched = await openWatchedPage(browser);
    const { page } = watched;
    await page.route(`**/assets/${part}-*.js`, (route) => route.abort());
    await page.goto(`${url}${path}#token=${token}`);
    await page.getByRole("alert").getByText("A part of the app did not come").waitFor();
    expect(await findAccessibilityFaults(page)).toEqual([]);
    await page.unroute(`**/assets/${part}-*.js`);
    await page.getByRole("button", { name: "Load it anew" }).click();
    await page.getByRole("heading", { level: 1 }).waitFor();
    await closeWatchedPage(watched);
  },
);

test("a count of approvals that does not come is missing alone", async () => {
  verifies("web:states:broken-is-told");
  const watched = await openWatchedPage(browser);
  const { page } = watched;
  await page.route("**/assets/pending-count-*.js", (route) => route.abort());
  await page.goto(`${url}/#token=${token}`);
  await page.getByRole("link", { name: "Approvals ? could not be counted" }).waitFor();
  await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
  expect(await findAccessibilityFaults(page)).toEqual([]);
  await closeWatchedPage(watched);
});

test("names as long as they may be make no page wider than a phone", async () => {
  verifies("web:states:long-names");
  const id = `l${"-ong".repeat(12)}`;
  const title = "Verylongtitlewithoutanyspace".repeat(4);
  const worker_yml = `schema_version: "0.3"\nname: ${id}\ntitle: ${title}\ndescription: ${"d".repeat(300)}\nversion: "1.0.0"\nfolder: ${"F".repeat(60)}\ntags: [${"t".repeat(32)}]\nexec:\n  entry: run.py\n`;
  const known = await api.call(routes.listWorkers, { query: {} });
  if (!known.some((one) => one.id === id))
    await api.call(routes.createWorker, { json: { worker_yml, run_py: "print('x' * 3000)" } });
  const session = await api.call(routes.startWorkSession, { json: { name: "L".repeat(120) } });
  const run = await api.call(routes.startRun, {
    params: { worker: id },
    json: { inputs: {} },
    query: { wait: 60 },
  });
  const watched = await openWatchedPage(browser, {
    viewport: { width: 360, height: 740 },
  });
  const { page } = watched;
  const wide: string[] = [];
  for (const path of [
    "/",
    "/workers",
    "/runs",
    `/runs/${run.id}`,
    "/sessions",
    `/sessions/${session.id}`,
    `/workers/${id}`,
    `/workers/${id}/runs`,
    `/workers/${id}/versions`,
  ]) {
    await openApp(page, url + path, token);
    const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    if (over > 0) wide.push(`${path}: ${over}`);
  }
  expect(wide).toEqual([]);
  await api.call(routes.deleteWorkSession, { params: { session: session.id } });
  await api.call(routes.deleteWorker, { params: { worker: id }, query: { purge: "true" } });
  await closeWatchedPage(watched);
});
