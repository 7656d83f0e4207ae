import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test } from "vitest";
import { createClient } from "#contract/client";
import { routes } from "#contract/routes";
import { verifies } from "../verifies.ts";
import { findAccessibilityFaults, launchBrowser } from "./open-page.ts";
import { closeWatchedPage, openWatchedPage, press } from "./watch-page.ts";
import type { WatchedPage } from "./watch-page.ts";

const { url, token } = inject("floom");
const api = createClient<Response>({ origin: url, token, fetch: (address, init) => fetch(address, init) });

const MANIFEST = `schema_version: "0.3"
name: asks-with-files
title: Asks with files
version: 0.1.0
exec:
  entry: run.py
  runtime: python311
  outputs: [{ name: order_text, type: text }]
approvals: { required: true, label: Order it }
`;
/** Asks with a picture, a text and a page that would like to run. */
const SCRIPT = `import base64, floom, json
from pathlib import Path
kept = Path("kept"); kept.mkdir(exist_ok=True)
(kept / "plan.png").write_bytes(base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAFklEQVR4nGP8z8DAwMDAxMDAwMDAAAANHQEDasKb6QAAAABJRU5ErkJggg=="))
(kept / "terms.txt").write_text("Paid within ten days.")
(kept / "trap.html").write_text("<script>parent.document.title = 'caught'</script>")
for name in ["plan.png", "terms.txt", "trap.html"]: floom.artifact(f"kept/{name}")
ask = {"label": "Order twelve chairs", "preview": "Chairs: 12", "preview_type": "text"}
decided = json.loads(Path("inputs.json").read_text())["decision"]
result = {"outputs": {"order_text": "Twelve chairs, please."}}
if decided != "approved": result["decision_required"] = ask
Path("result.json").write_text(json.dumps({"status": "success", **result}))
`;

let browser: Browser;
let page: Page;
let watched: WatchedPage;

beforeAll(async () => {
  browser = await launchBrowser();
  await api.call(routes.createWorker, { json: { worker_yml: MANIFEST, run_py: SCRIPT } });
});
afterAll(() => browser.close());
beforeEach(async () => {
  watched = await openWatchedPage(browser, { viewport: { width: 375, height: 720 }, hasTouch: true });
  ({ page } = watched);
});
afterEach(({ task }) => closeWatchedPage(watched, { hasFailed: task.result?.state === "fail" }));

/** Starts a run that asks, and answers its review link. */
async function ask(): Promise<{ id: string; link: string }> {
  const params = { worker: "asks-with-files" };
  const run = await api.call(routes.startRun, { params, json: { inputs: {} }, query: { wait: 60 } });
  const { approvals } = await api.call(routes.listApprovals, { query: { worker: "asks-with-files" } });
  const found = approvals.find(({ run_id: of }) => of === run.id);
  return { id: found?.id ?? "", link: found?.public_link ?? "" };
}

test("a review link shows files and pictures on a phone, in the app's look, and decides once", async () => {
  verifies("approvals:link:shown-on-a-phone");
  const { id, link } = await ask();
  await page.goto(link);
  const picture = page.getByRole("img", { name: "plan.png" });
  await expect
    .poll(() => picture.evaluate((img) => img instanceof HTMLImageElement && img.naturalWidth))
    .toBe(2);
  const text = page.frameLocator("iframe[title='terms.txt']").locator("body");
  expect(await text.innerText()).toContain("Paid within ten days.");
  expect(await page.locator("iframe").count()).toBe(1);
  await page.getByRole("link", { name: /^Save .*trap\.html/ }).waitFor();
  await page.getByText("Twelve chairs, please.").first().waitFor();
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await findAccessibilityFaults(page)).toEqual([]);
    const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(over).toBeLessThanOrEqual(0);
  }
  await page.getByRole("textbox", { name: "Reason" }).fill("As planned.");
  await page.getByRole("button", { name: "Approve" }).tap();
  await page.getByRole("status").getByText("Approved").waitFor();
  expect(await findAccessibilityFaults(page)).toEqual([]);
  const decided = await api.call(routes.getApproval, { params: { approval: id } });
  expect([decided.status, decided.reason, decided.edited_output]).toEqual(["approved", "As planned.", null]);
});

test("what a link is edited to is what is done", async () => {
  verifies("approvals:link:shown-on-a-phone");
  const { id, link } = await ask();
  await page.goto(link);
  await press(page.getByText("Edit before approving"), "Enter");
  await page.getByRole("textbox", { name: "Outputs as JSON" }).fill('{"order_text": "Ten chairs."}');
  await press(page.getByRole("button", { name: "Approve" }), "Enter");
  await page.getByRole("status").getByText("Approved").waitFor();
  const decided = await api.call(routes.getApproval, { params: { approval: id } });
  expect(decided.edited_output).toEqual({ order_text: "Ten chairs." });
});
