import type { Browser, Page } from "playwright-core";
import { expect, test } from "vitest";
import { routes } from "#contract/routes";
import { verifies } from "../verifies.ts";
import { closeWatchedPage, openApp, openWatchedPage, press, settle } from "./watch-page.ts";
import { findFaultsOfLooks } from "./open-page.ts";
import { useApp } from "./use-app.ts";

let browser: Browser;
let page: Page;
const { url, token, api, open, said } = useApp((at) => {
  ({ browser, page } = at);
});

const findFaults = () => findFaultsOfLooks(page);

test("the tables of a store are listed, and looked into at a press", async () => {
  verifies("web:store:tables-listed");
  const execute = (sql: string) => api.call(routes.executeStore, { json: { sql } });
  await execute(`CREATE TABLE IF NOT EXISTS "odd ""name" (shop TEXT, price INTEGER)`);
  await execute(`INSERT INTO "odd ""name" VALUES ('Corner shop', 1250)`);
  await open("/store");
  await press(page.getByRole("button", { name: 'Look into it: the table odd "name' }), "Enter");
  await page.getByRole("cell", { name: "Corner shop" }).first().waitFor();
  expect(await findFaults()).toEqual([]);
  await execute(`DROP TABLE "odd ""name"`);
});

test("approvals are filtered by the worker that asks, and the filter stands in the address", async () => {
  verifies("web:approvals:filtered-by-worker");
  await api.call(routes.startRun, {
    params: { worker: "outbound-approval-demo" },
    json: { inputs: { recipient: "by-worker@example.com", topic: "filters" } },
    query: { wait: 60 },
  });
  await open("/approvals");
  await page.getByRole("article", { name: /by-worker@example\.com/ }).waitFor();
  await page.getByRole("combobox", { name: "Worker" }).selectOption("approve-in-place");
  await expect.poll(() => new URL(page.url()).search).toBe("?worker=approve-in-place");
  await page.getByRole("article", { name: /by-worker@example\.com/ }).waitFor({ state: "detached" });
  await open("/workers/outbound-approval-demo/approvals");
  await page
    .getByRole("cell", { name: /by-worker@example\.com/ })
    .first()
    .waitFor();
});

test("a worker is made of a template by keyboard alone, under a name that none has", async () => {
  verifies("web:new-worker:gallery");
  await open("/new-worker");
  await page.getByRole("searchbox", { name: "Find a template" }).focus();
  await page.keyboard.type("hello worker");
  expect(await findFaults()).toEqual([]);
  await press(page.getByRole("button", { name: "Use it: Hello worker" }), "Enter");
  const name = page.getByRole("dialog").getByRole("textbox", { name: "Name" });
  // The example itself is there already.
  await expect.poll(() => name.inputValue()).toBe("hello-worker-2");
  await name.fill("hello-worker");
  await page.getByText("A worker of this name is there already.").waitFor();
  expect(await page.getByRole("button", { name: "Make it" }).isDisabled()).toBe(true);
  await name.fill("greeter-of-mine");
  await press(name, "Enter");
  await page.getByRole("heading", { name: "Hello worker", level: 1 }).waitFor();
  await expect.poll(() => new URL(page.url()).pathname).toBe("/workers/greeter-of-mine");
  const made = await api.call(routes.getWorker, { params: { worker: "greeter-of-mine" } });
  expect([made.version, made.is_example]).toEqual([1, false]);
});

/** Drops text files on the form, as a file manager would. */
async function drop(files: Readonly<Record<string, string>>): Promise<void> {
  const given = await page.evaluateHandle((texts) => {
    const transfer = new DataTransfer();
    for (const [name, text] of Object.entries(texts)) transfer.items.add(new File([text], name));
    return transfer;
  }, files);
  const zone = page.locator(".drop-zone");
  for (const event of ["dragover", "drop"]) await zone.dispatchEvent(event, { dataTransfer: given });
}

test("a worker is made of a file that is dropped, and of a skill that is dropped or pasted", async () => {
  verifies("web:new-worker:dropped-and-pasted");
  await open("/new-worker");
  await drop({ "dropped-adder.py": "def add(a: int, b: int) -> int:\n    return a + b\n" });
  await page.getByText("dropped-adder.py").waitFor();
  await page.getByRole("button", { name: "Deploy 1 file" }).click();
  await said("dropped-adder is there");
  await expect.poll(() => new URL(page.url()).pathname).toBe("/workers/dropped-adder");
  await open("/new-worker");
  await drop({ "SKILL.md": "---\nname: dropped-skill\ndescription: Sums up a text.\n---\n\nSum it up.\n" });
  await page.getByRole("button", { name: "Deploy 1 file" }).click();
  await said("dropped-skill is there");
  await open("/new-worker");
  await page.getByRole("combobox", { name: "What it is" }).selectOption("skill");
  await page.getByRole("textbox", { name: "Name" }).fill("pasted-skill");
  await page.getByRole("button", { name: "Deploy", exact: true }).last().click();
  await said("pasted-skill is there");
});

test("a list of runs is saved under a name, found in another browser, and forgotten", async () => {
  verifies("web:runs:saved-views");
  await open("/runs?status=failed&since=week");
  await press(page.getByRole("button", { name: "Save this view …" }), "Enter");
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Name" }).fill("What failed");
  expect(await findFaults()).toEqual([]);
  await press(dialog.getByRole("textbox", { name: "Name" }), "Enter");
  await said("What failed is saved.");
  const other = await openWatchedPage(browser);
  await openApp(other.page, `${url}/runs`, token);
  await other.page.getByRole("link", { name: "What failed" }).click();
  await expect.poll(() => new URL(other.page.url()).search).toBe("?status=failed&since=week");
  await other.page.getByRole("button", { name: "Forget this view" }).click();
  await other.page.getByRole("link", { name: "What failed" }).waitFor({ state: "detached" });
  await closeWatchedPage(other);
});

test("a starred worker stands first, in another browser too", async () => {
  verifies("web:workers:stars");
  await open("/workers");
  const star = page.getByRole("button", { name: "Star Word count" });
  await press(star, "Space");
  await expect.poll(() => star.getAttribute("aria-pressed")).toBe("true");
  await expect.poll(() => page.locator(".worker-card h2").first().innerText()).toBe("Word count");
  expect(await findFaults()).toEqual([]);
  const other = await openWatchedPage(browser);
  await openApp(other.page, `${url}/workers?starred=yes`, token);
  await expect.poll(() => other.page.locator(".worker-card h2").allInnerTexts()).toEqual(["Word count"]);
  await other.page.getByRole("button", { name: "Star Word count" }).click();
  await other.page.getByText("No worker is like that.").waitFor();
  await closeWatchedPage(other);
});

test("when runs are made and how long they take is drawn, and told as a table", async () => {
  verifies("web:reports:drawn-and-told");
  const { id: run } = await api.call(routes.startRun, {
    params: { worker: "word-count" },
    json: { inputs: { text: "one two" } },
  });
  await expect
    .poll(async () => (await api.call(routes.getRun, { params: { run } })).completed_at)
    .not.toBeNull();
  for (const path of ["/workers/word-count/overview", "/"]) {
    await open(path);
    const weeks = page.getByRole("region", { name: "When they ran" });
    // It is loaded once it is near, and what stands above it grows while that loads.
    await expect
      .poll(async () => {
        await page.mouse.wheel(0, 5000);
        return weeks.count();
      })
      .toBe(1);
    await weeks.scrollIntoViewIfNeeded();
    await weeks.locator("canvas").waitFor();
    await press(weeks.getByText("As a table"), "Enter");
    await weeks
      .getByRole("cell", { name: /day, \d+:00 to/ })
      .first()
      .waitFor();
    const durations = page.getByRole("region", { name: "How long they took" });
    await durations.locator("canvas").waitFor();
    expect(await findFaults()).toEqual([]);
  }
});

test("who calls what is drawn, told as a table, and narrowed to one worker", async () => {
  verifies("web:topology:drawn-and-told");
  await open("/trust");
  const section = page.getByRole("region", { name: "Who calls what", exact: true });
  await expect.poll(() => section.locator("svg path").count()).toBeGreaterThan(3);
  expect(await findFaults()).toEqual([]);
  await press(section.getByText("As a table"), "Enter");
  const row = section.getByRole("row", { name: /^fan-out\s+starts\s+word-count/ });
  await row.waitFor();
  await section.getByRole("combobox", { name: "Around" }).selectOption("fan-out");
  await expect.poll(() => new URL(page.url()).search).toBe("?worker=fan-out");
  await settle(page);
  await press(section.getByRole("link", { name: "word-count" }), "Enter");
  await page.getByRole("heading", { name: "Word count", level: 1 }).waitFor();
});

/** Runs in the page before its script: a browser that allows news, and keeps what it was told instead of showing it. */
function keepNotices(permission: string): void {
  const told: string[] = [];
  class KeptNotice extends EventTarget {
    static permission = permission;
    static requestPermission = async () => {
      KeptNotice.permission = "granted";
      return "granted";
    };
    constructor(title: string, { body }: { body: string }) {
      super();
      told.push(`${title}: ${body}`);
      Object.assign(globalThis, { lastNotice: this });
    }
    close(): void {
      told.push("closed");
    }
  }
  Object.assign(globalThis, { Notification: KeptNotice, toldNotices: told });
  // Nobody looks at it.
  Object.defineProperty(document, "hasFocus", { value: () => false });
}
const toldNotices = () =>
  page.evaluate(() => (globalThis as unknown as { toldNotices: string[] }).toldNotices);

test("a browser that was allowed to tells of a new approval once, and leads to it", async () => {
  verifies("web:notices:when-permitted");
  await page.addInitScript(keepNotices, "default");
  const ask = (recipient: string) =>
    api.call(routes.startRun, {
      params: { worker: "outbound-approval-demo" },
      json: { inputs: { recipient, topic: "news" } },
      query: { wait: 60 },
    });
  await page.clock.install();
  await open("/approvals");
  await ask("untold@example.com");
  await page.clock.runFor(60_000);
  await page.getByRole("article", { name: /untold@example\.com/ }).waitFor();
  expect(await toldNotices()).toEqual([]);
  const turn = page.getByRole("button", { name: "Tell me of new ones in this browser" });
  await press(turn, "Enter");
  await said("This browser tells you of new approvals.");
  await expect.poll(() => page.evaluate(() => localStorage.getItem("floom.notices.last"))).toMatch(/^apr_/);
  await ask("told@example.com");
  await expect
    .poll(async () => {
      await page.clock.runFor(16_000);
      return toldNotices();
    })
    .toEqual([expect.stringContaining("told@example.com")]);
  await page.clock.runFor(40_000);
  expect(await toldNotices()).toHaveLength(1);
  await page.evaluate(() =>
    (globalThis as unknown as { lastNotice: EventTarget }).lastNotice.dispatchEvent(new Event("click")),
  );
  await page.getByRole("article", { name: /[^n]told@example\.com/ }).waitFor();
  await expect.poll(() => new URL(page.url()).search).toMatch(/^\?show=apr_/);
});

test("an agent is given a rule and it is taken back, on its page; a script has no such page", async () => {
  verifies("web:memory:rules-and-learnings");
  await open("/workers/research-brief/memory");
  await page.getByRole("textbox", { name: "A new rule" }).fill("Say it in one page.");
  await press(page.getByRole("button", { name: "Give it this rule" }), "Enter");
  await page.getByRole("cell", { name: "Say it in one page." }).waitFor();
  await expect.poll(() => page.getByRole("textbox", { name: "A new rule" }).inputValue()).toBe("");
  expect(await findFaults()).toEqual([]);
  await press(page.getByRole("button", { name: "Take it back" }), "Enter");
  await page.getByRole("cell", { name: "No more" }).waitFor();
  await open("/workers/hello-worker");
  expect(await page.getByRole("link", { name: "Memory" }).count()).toBe(0);
});
