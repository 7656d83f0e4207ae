import { resolve } from "node:path";
import type { Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { runRoutes } from "#contract/runs/routes";
import { tokenRoutes } from "#contract/tokens/routes";
import { workerRoutes } from "#contract/workers/routes";
import { fillWorkspace } from "../../scripts/demo/fill-workspace.ts";
import { verifies } from "../verifies.ts";
import { findAccessibilityFaults } from "./open-page.ts";
import { press, settle } from "./watch-page.ts";
import { useApp } from "./use-app.ts";

let page: Page;
const { url, api, open, said } = useApp((at) => {
  ({ page } = at);
});
beforeAll(() => fillWorkspace(api, () => undefined));

const button = (name: string) => page.getByRole("button", { name, exact: true });
const dialog = () => page.getByRole("dialog");

const worker = "/workers/price-watch";
const paths = [
  "/",
  "/workers",
  "/new-worker",
  "/runs",
  "/approvals",
  "/approvals?status=approved",
  "/sessions",
  "/schedules",
  "/schedules?view=month",
  "/schedules?view=day",
  "/inbox",
  "/dead-letters",
  "/secrets",
  "/store",
  "/contexts",
  "/contexts/shop-prices",
  "/connections",
  "/trust",
  "/audit",
  "/members",
  "/tokens",
  "/settings",
  worker,
  `${worker}/overview`,
  `${worker}/runs`,
  `${worker}/triggers`,
  `${worker}/source`,
  `${worker}/versions`,
  `${worker}/approvals`,
  `${worker}/settings`,
  "/nowhere",
] as const;

test("axe finds no fault in any of the owner's pages, light or dark, and none is wider than a narrow screen", async () => {
  verifies("web:accessible:no-axe-fault", "web:accessible:narrow-screens");
  const found: string[] = [];
  for (const path of paths) {
    await page.setViewportSize({ width: 1280, height: 740 });
    await open(path);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      const faults = await findAccessibilityFaults(page);
      found.push(...faults.map((fault) => `${path}, ${colorScheme}: ${fault}`));
    }
    // 640 is a screen of 1280 at twice the size.
    for (const width of [640, 360]) {
      await page.setViewportSize({ width, height: 740 });
      await settle(page);
      const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      if (over > 0) found.push(`${path} at ${width}: ${over} too wide`);
    }
  }
  expect(found).toEqual([]);
});

test("the overview leads from what wants somebody to where it is mended", async () => {
  verifies("web:overview:attention-with-its-action");
  await open("/");
  await page.getByRole("link", { name: "Decide" }).click();
  await page.getByRole("heading", { name: "Approvals", level: 1 }).waitFor();
  await open("/");
  await page.getByRole("link", { name: /^Set it/ }).click();
  await dialog().getByRole("heading", { name: "Set SHOP_TOKEN" }).waitFor();
  expect(await page.locator("main h1").innerText()).toBe("Secrets");
});

test("everything one can go to is found by typing, by keyboard alone", async () => {
  verifies("web:palette:keyboard-alone");
  await open("/settings");
  await page.keyboard.press("Control+k");
  await dialog().getByRole("searchbox").waitFor();
  expect(await findAccessibilityFaults(page)).toEqual([]);
  await page.keyboard.type("price wa");
  await dialog()
    .getByRole("menuitem", { name: /Price watch/ })
    .first()
    .waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: /Price watch/, level: 1 }).waitFor();
});

test("the filters of runs stand in the address, and several runs are replayed together", async () => {
  verifies("web:runs:filters-are-the-address", "web:runs:bulk");
  await open("/runs");
  await page.getByRole("combobox", { name: "Status" }).selectOption("failed");
  await page.getByRole("combobox", { name: "Worker" }).selectOption("price-watch");
  await expect.poll(() => new URL(page.url()).search).toBe("?status=failed&worker=price-watch");
  await settle(page);
  const address = page.url();
  await page.goto(address);
  expect(await page.getByRole("combobox", { name: "Status" }).inputValue()).toBe("failed");
  const before = await api.call(runRoutes.listRuns, { query: { worker_id: "price-watch" } });
  await page.getByRole("checkbox", { name: "Choose all that are shown" }).check();
  const bulk = page.getByRole("region", { name: "With the chosen runs" });
  await bulk.getByRole("button", { name: /^Replay 2/ }).click();
  await dialog()
    .getByRole("button", { name: /^Replay 2/ })
    .click();
  await said("They are started again.");
  const after = await api.call(runRoutes.listRuns, { query: { worker_id: "price-watch" } });
  expect(after.runs.length).toBe(before.runs.length + 2);
});

test("a run is run again with other inputs, by keyboard alone", async () => {
  verifies("web:run:replay-with-edits");
  const { runs } = await api.call(runRoutes.listRuns, { query: { worker_id: "hello-worker", limit: 1 } });
  await open(`/runs/${runs[0]?.id ?? ""}`);
  await press(button("Run again …"), "Enter");
  const name = dialog().getByRole("textbox", { name: "Name" });
  await name.fill("Grace");
  expect(await findAccessibilityFaults(page)).toEqual([]);
  await press(name, "Enter");
  await page.getByText("Hello, Grace!").first().waitFor();
  await page.getByRole("link", { name: "Replays another run" }).waitFor();
});

test("lines of a log are found by word and by how severe they are", async () => {
  verifies("web:run:log-search");
  const { runs } = await api.call(runRoutes.listRuns, {
    query: { worker_id: "price-watch", status: "failed", limit: 1 },
  });
  await open(`/runs/${runs[0]?.id ?? ""}`);
  await page.getByRole("searchbox", { name: "Find in the log" }).fill("shop 3");
  await page.getByText("1 of 8 lines").waitFor();
  await expect
    .poll(() => page.locator(".log-line").allInnerTexts())
    .toEqual([expect.stringContaining("shop 3 asks")]);
});

test("an approval is edited and approved, another is rejected with a reason, by keyboard alone", async () => {
  verifies("web:approvals:edit-and-keyboard");
  await api.call(runRoutes.startRun, {
    params: { worker: "outbound-approval-demo" },
    json: { inputs: { recipient: "first@example.com", topic: "clocks" } },
    query: { wait: 60 },
  });
  await open("/approvals");
  const first = page.getByRole("article", { name: /first@example\.com/ });
  await first.waitFor();
  await page.keyboard.press("ArrowDown");
  await expect.poll(() => first.evaluate((card) => card === document.activeElement)).toBe(true);
  await page.keyboard.press("e");
  await dialog().getByRole("textbox", { name: "Subject" }).fill("About other clocks");
  await press(dialog().getByRole("textbox", { name: "Subject" }), "Enter");
  await said("Approved with your edits.");
  await first.waitFor({ state: "detached" });
  const next = page.locator("[data-card]").first();
  const label = await next.getByRole("heading", { level: 2 }).innerText();
  await press(next, "r");
  await dialog().getByRole("textbox", { name: "Why" }).fill("Not today.");
  await press(dialog().getByRole("button", { name: "Reject", exact: true }), "Enter");
  await said("Rejected.");
  await open("/approvals?status=rejected");
  await page.getByRole("cell", { name: "Not today." }).waitFor();
  expect(await page.getByRole("table").innerText()).toContain(label.trim());
});

test("a file is edited and saved as a new version, which is then rolled back", async () => {
  verifies("web:source:save-and-roll-back");
  await open(`${worker}/source`);
  const editor = page.getByRole("textbox", { name: "run.py" });
  await editor.click();
  await page.keyboard.press("Control+End");
  await page.keyboard.type("# seen to\n");
  await button("Save as a new version").click();
  await said("is saved and active");
  const { version } = await api.call(workerRoutes.getWorker, { params: { worker: "price-watch" } });
  await open(`${worker}/versions`);
  await page.getByText("+# seen to").waitFor({ state: "attached" });
  await button("Roll back to 2").click();
  await dialog().getByRole("button", { name: "Activate version 2" }).click();
  await said("Version 2 is active.");
  const rolled = await api.call(workerRoutes.getWorker, { params: { worker: "price-watch" } });
  expect([version > 2, rolled.version]).toEqual([true, 2]);
});

test("a schedule is made in words, with its next times shown before", async () => {
  verifies("web:schedule:made-in-words");
  await open("/workers/hello-worker/triggers");
  await button("Add a schedule").click();
  await dialog().getByRole("combobox", { name: "How often" }).selectOption("weekly");
  await dialog().getByLabel("On", { exact: true }).selectOption("5");
  await dialog().getByRole("listitem").nth(4).waitFor();
  expect(await findAccessibilityFaults(page)).toEqual([]);
  await button("Add the schedule").click();
  await dialog().getByText("Name is needed.").waitFor();
  await dialog().getByRole("textbox", { name: "Name" }).fill("Ada");
  await button("Add the schedule").click();
  await said("The schedule is made.");
  await page.getByText("At 08:00, only on Friday").waitFor();
  await page.getByRole("button", { name: /^Delete the trigger / }).click();
  await dialog().getByRole("button", { name: "Delete" }).click();
  await said("is deleted.");
});

test("a delivery is looked into and taken once more", async () => {
  verifies("web:webhooks:inspect-and-redeliver");
  await open("/inbox");
  await page.getByRole("combobox", { name: "What became of it" }).selectOption("accepted");
  await settle(page);
  const rows = page.locator(".list tbody tr");
  const before = await rows.count();
  await rows.first().getByRole("button", { name: /show/ }).click();
  await dialog().getByText("refs/heads/main").waitFor();
  expect(await findAccessibilityFaults(page)).toEqual([]);
  await button("Take it once more").click();
  await said("It is taken once more.");
  await expect.poll(() => rows.count()).toBe(before + 1);
});

test("dead letters are started over, and put aside", async () => {
  verifies("web:dead-letters:start-over");
  await open("/dead-letters?worker=price-watch");
  const boxes = page.getByRole("checkbox", { name: /^Choose the run / });
  const before = await boxes.count();
  await boxes.first().check();
  await button("Start 1 run over").click();
  await dialog().getByRole("button", { name: "Start 1 run over" }).click();
  await page.getByText("1 of 1 run started over").waitFor();
  await page.getByRole("link", { name: /^The new run of / }).waitFor();
  await settle(page);
  await page.getByRole("checkbox", { name: "Choose all that are shown" }).check();
  await page.getByRole("button", { name: /^Put \d+ runs? aside$/ }).click();
  await dialog()
    .getByRole("button", { name: /^Put \d+ runs? aside$/ })
    .click();
  await said("They are put aside.");
  expect(before).toBeGreaterThan(0);
});

test("a secret is set and deleted, its name typed first; its value is nowhere on the page", async () => {
  verifies("web:secrets:set-and-deleted", "web:danger:typed-first");
  await open("/secrets");
  await button("Set a secret").click();
  await dialog().getByRole("textbox", { name: "Name" }).fill("DEMO_KEY");
  await dialog().getByRole("textbox", { name: "Value" }).fill("hush-hush-hush");
  await button("Set it").click();
  await said("DEMO_KEY is set.");
  expect(await page.content()).not.toContain("hush-hush-hush");
  await page.getByRole("button", { name: "Delete DEMO_KEY" }).click();
  const sure = dialog().getByRole("button", { name: "Delete" });
  expect(await sure.isDisabled()).toBe(true);
  await dialog().getByRole("textbox", { name: "Type DEMO_KEY to be sure" }).fill("DEMO_KEY");
  await sure.click();
  await said("DEMO_KEY is deleted.");
  await page.getByRole("cell", { name: "DEMO_KEY", exact: true }).waitFor({ state: "detached" });
});

test("a version in quarantine is read beside the active one and let in", async () => {
  verifies("web:trust:reviewed-and-let-in");
  await open("/trust");
  await page.getByRole("button", { name: /^Review version \d+ of Price watch$/ }).click();
  await dialog().getByText("It may read the secret MAIL_KEY.").waitFor();
  await dialog().getByText("It may call the worker hello-worker.").waitFor();
  expect(await findAccessibilityFaults(page)).toEqual([]);
  expect(await button("Refuse it").isDisabled()).toBe(true);
  await button("Let it in and make it active").click();
  await said("Price watch is on version");
  await page.getByRole("heading", { name: "Nothing waits" }).waitFor();
});

test("the record of changes is filtered and checked to its end", async () => {
  verifies("web:audit:filtered-and-verified");
  await open("/audit");
  await button("Check the record").click();
  await page.getByText("As written").waitFor();
  await page.getByRole("searchbox", { name: "Done to" }).fill("secret/SHOP_API_KEY");
  await expect.poll(() => new URL(page.url()).searchParams.get("resource")).toBe("secret/SHOP_API_KEY");
  await settle(page);
  await page
    .getByRole("button", { name: /^Set secret/ })
    .first()
    .click();
  await dialog().getByText("Details").first().waitFor();
  expect(await findAccessibilityFaults(page)).toEqual([]);
});

test("a token is made, shown once, and revoked", async () => {
  verifies("web:tokens:made-and-revoked");
  await open("/tokens");
  await button("Make a token").click();
  await dialog().getByRole("textbox", { name: "What it is for" }).fill("Night watch");
  await button("Make it").click();
  const shown = await dialog().locator("code").innerText();
  expect(shown).toMatch(/^flm_pat_/);
  await button("I have it").click();
  await dialog().waitFor({ state: "detached" });
  expect(await page.content()).not.toContain(shown);
  await page.getByRole("button", { name: "Revoke the token Night watch" }).click();
  await dialog().getByRole("button", { name: "Revoke" }).click();
  await said("Night watch is revoked.");
});

test("who may only look is offered nothing that changes, and is not led to what they may not see", async () => {
  verifies("web:viewer:offered-what-they-may");
  const looks = await api.call(tokenRoutes.createToken, {
    json: { name: "Looks only", scopes: ["workers:read", "runs:read", "secrets:read", "workspace:read"] },
  });
  const visit = async (path: string) => {
    await page.goto(`${url}${path}`);
    await page.locator("main h1").waitFor();
    await settle(page);
  };
  await page.goto(`${url}/#token=${looks.token}`);
  await page.locator("main h1").waitFor();
  await page.getByRole("link", { name: "Members" }).waitFor();
  expect(await page.getByRole("link", { name: "Audit" }).count()).toBe(0);
  await visit("/secrets");
  await page.getByRole("cell", { name: "SHOP_API_KEY" }).waitFor();
  expect(await page.getByRole("button", { name: /Set|Replace|Delete/ }).count()).toBe(0);
  await visit("/runs");
  expect(await page.getByRole("checkbox").count()).toBe(0);
  await visit(`${worker}/settings`);
  expect(await page.getByRole("button", { name: /Delete|Archive|Pause|Make/ }).count()).toBe(0);
  await visit("/audit");
  await page.getByText("insufficient_scope").waitFor();
});

test("a worker is made of code that is written on the page, and of a folder", async () => {
  verifies("web:new-worker:code-and-folder");
  await open("/new-worker");
  await page.getByRole("textbox", { name: "Name" }).fill("page-greeter");
  await button("Deploy").last().click();
  await said("page-greeter is there, in version 1");
  await page.getByRole("heading", { name: "Page greeter", level: 1 }).waitFor();
  await page.getByRole("textbox", { name: "Name" }).waitFor();
  await open("/new-worker");
  await page
    .getByLabel("A folder")
    .setInputFiles(resolve(import.meta.dirname, "../../workers-examples/broken/exit-3"));
  await page.getByRole("button", { name: /^Deploy \d+ files?$/ }).click();
  await said("exit-3 is there, in version 1");
  const workers = await api.call(workerRoutes.listWorkers);
  const made = workers.map(({ id }) => id).filter((id) => id === "page-greeter" || id.includes("exit-3"));
  expect(made).toHaveLength(2);
});

test("a webhook is given a new secret, which is shown once", async () => {
  verifies("web:webhooks:new-secret");
  await open("/workers/github-webhook/triggers");
  await page.getByRole("button", { name: /^New secret for / }).click();
  await dialog().getByRole("button", { name: "New secret" }).click();
  await dialog().getByRole("heading", { name: "The new secret" }).waitFor();
  const shown = await dialog().locator("code").innerText();
  await button("I have it").click();
  await dialog().waitFor({ state: "detached" });
  expect(shown.length).toBeGreaterThan(20);
  expect(await page.content()).not.toContain(shown);
});

test("somebody is invited, and the invitation is taken back", async () => {
  verifies("web:members:invited-and-taken-back");
  await open("/members");
  await button("Invite somebody").first().click();
  await dialog().getByRole("textbox", { name: "E-mail" }).fill("guest@example.com");
  await button("Invite").click();
  await dialog().getByRole("heading", { name: "The invitation’s link" }).waitFor();
  expect(await dialog().locator("code").innerText()).toContain("/invite#");
  await button("I have it").click();
  await page.getByRole("button", { name: "Take back the invitation of guest@example.com" }).click();
  await dialog().getByRole("button", { name: "Take back" }).click();
  await said("The invitation is taken back.");
  await page.getByRole("heading", { name: "Asked to come" }).waitFor({ state: "detached" });
});

test("a page whose script has gone with a deployment says so, and is found by loading it anew", async () => {
  verifies("web:deployment:page-left-open");
  await open("/");
  await page.route("**/assets/secrets-page-*.js", (route) => route.abort());
  await page.getByRole("link", { name: "Secrets", exact: true }).click();
  await page.getByRole("heading", { name: "This page could not be shown" }).waitFor();
  await page.getByRole("link", { name: "Runs", exact: true }).click();
  await page.getByRole("heading", { name: "Runs", level: 1 }).waitFor();
  await page.getByRole("link", { name: "Secrets", exact: true }).click();
  await page.unrouteAll();
  await button("Load it anew").click();
  await page.getByRole("heading", { name: "Secrets", level: 1 }).waitFor();
  expect(new URL(page.url()).pathname).toBe("/secrets");
});
