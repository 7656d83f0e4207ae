import { createServer } from "node:http";
import { once } from "node:events";
import { resolve } from "node:path";
import { text } from "node:stream/consumers";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, inject, test } from "vitest";
import { createdShareSchema } from "#contract/shares/share";
import { verifies } from "../verifies.ts";
import { findAccessibilityFaults, launchBrowser, openContext } from "./open-page.ts";

// The pages as strangers see them: no context of a test is signed in anywhere.

const { url, token } = inject("floom");
const TABLE = resolve(import.meta.dirname, "../../workers-examples/apps/csv-cleaner/sample.csv");

/** Counts the lines of a file, and goes on when whoever watches has seen that it runs. */
const SLOW = `
import time
import floom

def count(lines: floom.File, seconds: int = 0) -> dict[str, int]:
    """Counts the lines of a file."""
    for passed in range(seconds * 10):
        if floom.store.get(floom.context.run_id) == "seen":
            break
        floom.progress(10, "Halfway through the lines")
        time.sleep(0.1)
    return {"lines": len(lines.read_text().splitlines())}
`;

/** Everything by which an output could act in its viewer's browser. */
const HOSTILE = `
import floom

ACT = "<script>alert('page')</script><img src=x onerror=alert('page')><svg onload=alert('page')></svg>"
LITE = "https://vega.github.io/schema/vega-lite/v6.json"
FRAMED = "<script>alert('frame');try{parent.alert('parent')}catch(e){};document.title=document.cookie</script>"

def show() -> dict[str, object]:
    """Shows what it should not."""
    svg = "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9' onload=\\"alert('svg')\\"><script>alert('svg')</script></svg>"
    return {
        "text": ACT,
        "words": floom.File.from_text("# Hi\\n\\n" + ACT + "\\n\\n[go](javascript:alert('link'))", "words.md", "text/markdown"),
        "page": floom.File.from_text(FRAMED, "page.html", "text/html"),
        "drawing": floom.File.from_text(svg, "drawing.svg", "image/svg+xml"),
        "named": floom.File.from_text("x", "<img src=x onerror=alert('name')>\\u202efdp.txt", "text/plain"),
        "rows": [{ACT: ACT, "formula": "=HYPERLINK(\\"https://evil.example\\")", "turned": "a\\u202efdp.exe"}],
        "line": "x" * 4_000_000,
        "line_file": floom.File.from_text("x" * 10_000_000, "line.txt", "text/plain"),
        "linked": {"$schema": LITE, "mark": {"type": "bar", "href": "https://evil.example"}, "data": {"values": [{"a": 1}]}},
        "loaded": {"$schema": LITE, "mark": "bar", "data": {"url": "https://evil.example/rows.json"}},
        "endless": {"$schema": LITE, "mark": "bar", "transform": [{"calculate": "sequence(0, 1e12)", "as": "a"}]},
        "titled": {"$schema": LITE, "title": ACT + "\\u202e", "mark": "bar", "data": {"values": [{"a": 1, "b": ACT}]},
                   "encoding": {"x": {"field": "a", "type": "quantitative"}, "y": {"field": "b", "type": "nominal"}}},
    }
`;

let browser: Browser;
let contexts: BrowserContext[] = [];
let faults: string[] = [];

beforeAll(async () => {
  browser = await launchBrowser();
  await Promise.all([deploy("line-counter", SLOW), deploy("hostile-app", HOSTILE)]);
});
afterAll(() => browser.close());
afterEach(async () => {
  await Promise.all(contexts.map((context) => context.close()));
  const found = faults;
  contexts = [];
  faults = [];
  if (found.length > 0) throw new Error(`The page threw: ${found.join("; ")}`);
});

/** As the owner. */
function ask(method: string, path: string, json: object | string = {}): Promise<Response> {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  return fetch(`${url}${path}`, { method, headers, body: JSON.stringify(json) });
}

async function deploy(name: string, code: string): Promise<void> {
  const answer = await ask("POST", "/api/deploy", { name, code });
  expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining(`"worker":"${name}"`)]);
}

async function share(worker: string) {
  return createdShareSchema.parse(await (await ask("POST", `/api/workers/${worker}/shares`)).json());
}

/** A page of a stranger's browser, which nobody ever signed in. */
async function openStranger(options: BrowserContextOptions = {}): Promise<Page> {
  const context = await openContext(browser, options);
  contexts.push(context);
  const page = await context.newPage();
  page.on("pageerror", ({ message }) => faults.push(message));
  return page;
}

const run = (page: Page) => page.getByRole("button", { name: "Run", exact: true });
const done = (page: Page) => page.getByText("Done", { exact: true });
const result = (page: Page) => page.getByRole("region", { name: "Result" });

/** What would act by itself, or when it is followed. */
const ACTING = "script, [onerror], [onload], a[href^='javascript:']";

/** What the page said in dialogs, each closed at once. */
function listDialogs(page: Page): string[] {
  const dialogs: string[] = [];
  page.on("dialog", async (dialog) => {
    dialogs.push(dialog.message());
    await dialog.dismiss();
  });
  return dialogs;
}

async function expectNoOverflow(page: Page): Promise<void> {
  const hidden = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return scrollWidth - clientWidth;
  });
  expect(hidden).toBe(0);
}

const PHONE: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
};

test("on a phone a stranger runs a file by a link, watches it and shares the result with another", async () => {
  verifies("shares:page:stranger", "shares:visitor:own-runs-alone");
  const page = await openStranger(PHONE);
  await page.goto((await share("line-counter")).url);
  await expectNoOverflow(page);
  await page.locator("input[type=file]").setInputFiles(TABLE);
  await page.getByText(/^sample\.csv, /).waitFor();
  await page.getByLabel("Seconds").fill("600");
  await run(page).tap();
  await page.getByText("Halfway through the lines").waitFor();
  expect(await page.getByRole("progressbar").getAttribute("value")).toBe("10");
  await expectNoOverflow(page);
  await ask("PUT", `/api/store/entry?worker=line-counter&key=${page.url().split("/").at(-1)}`, "seen");
  await done(page).waitFor();
  expect(await result(page).innerText()).toContain("5");
  await expectNoOverflow(page);
  const own = page.url();
  await page.getByRole("button", { name: "Share this result" }).tap();
  const shared = await page.getByRole("textbox", { name: /^Whoever has this address/ }).inputValue();
  await expectNoOverflow(page);

  const other = await openStranger();
  await other.goto(shared);
  expect(await result(other).innerText()).toContain("5");
  expect(await other.getByRole("button").count()).toBe(0);
  await other.goto(own);
  await other.getByRole("heading", { name: "Nothing here" }).waitFor();
});

test("without JavaScript a form runs, its page comes to the result by itself, and what is wrong is said", async () => {
  verifies("shares:page:no-script", "shares:page:stranger");
  const page = await openStranger({ javaScriptEnabled: false });
  await page.goto((await share("text-statistics")).url);
  await page.getByLabel("Most used").fill("51");
  await page.getByLabel("Text", { exact: true }).fill("To be or not to be.");
  // As a browser that judges nothing by itself.
  await page.locator("form").evaluate((form) => form.setAttribute("novalidate", ""));
  await run(page).click();
  await page.getByRole("alert").getByRole("link").click();
  expect(await page.getByLabel("Text", { exact: true }).inputValue()).toBe("To be or not to be.");
  await page.getByLabel("Most used").fill("2");
  await run(page).click();
  await done(page).waitFor();
  expect(await result(page).innerText()).toMatch(/Words\s+6/);
  await page.getByRole("button", { name: "Share this result" }).click();
  const shared = await page.locator("#shared").inputValue();
  const other = await openStranger({ javaScriptEnabled: false });
  await other.goto(shared);
  expect(await result(other).innerText()).toMatch(/Words\s+6/);
});

test("without JavaScript a file is sent, its run ends on a page of its own and the result is shared", async () => {
  verifies("shares:page:no-script", "shares:page:stranger");
  const page = await openStranger({ javaScriptEnabled: false });
  await page.goto((await share("line-counter")).url);
  await page.locator("input[type=file]").setInputFiles(TABLE);
  await run(page).click();
  await done(page).waitFor();
  expect(await result(page).innerText()).toBe("5");
  await page.getByRole("button", { name: "Share this result" }).click();
  const shared = await page.locator("#shared").inputValue();
  const other = await openStranger({ javaScriptEnabled: false });
  await other.goto(shared);
  expect(await result(other).innerText()).toBe("5");
});

test("an app is given a file, run and its result shared by keyboard alone", async () => {
  verifies("shares:page:stranger");
  const page = await openStranger();
  await page.goto((await share("line-counter")).url);
  const press = async (key: string, until: string) => {
    const focused = () => page.evaluate(() => document.activeElement?.textContent ?? "");
    const named = () => page.evaluate(() => document.activeElement?.getAttribute("name") ?? "");
    for (let pressed = 0; pressed < 40; pressed += 1) {
      await page.keyboard.press(key);
      if ((await named()) === until || (await focused()).trim() === until) return;
    }
    throw new Error(`No ${key} leads to ${until}`);
  };
  await press("Tab", "Skip to content");
  await page.keyboard.press("Enter");
  await press("Tab", "/lines");
  // The picker is the system's own window: what it hands back is put where the keyboard is.
  await page.locator("input[type=file]:focus").setInputFiles(TABLE);
  await page.getByText(/^sample\.csv, /).waitFor();
  await press("Tab", "/seconds");
  await page.keyboard.type("0");
  await press("Tab", "Run");
  await page.keyboard.press("Enter");
  await done(page).waitFor();
  expect(await result(page).innerText()).toBe("5");
  await press("Tab", "Share this result");
  await page.keyboard.press("Enter");
  await page.getByRole("textbox", { name: /^Whoever has this address/ }).waitFor();
});

const ON_A_PHONE = { width: 390, height: 844 };
/** What is left of a screen of 1280 pixels at 200 %. */
const AT_200_PERCENT = { width: 640, height: 400 };
const LOOKS = [
  ["light", ON_A_PHONE],
  ["dark", ON_A_PHONE],
  ["light", AT_200_PERCENT],
  ["dark", AT_200_PERCENT],
] as const;

test("form, running page, result and closed link have no fault that axe finds and fit, light and dark, phone and 200 %", async () => {
  verifies("shares:page:accessible");
  const page = await openStranger({ deviceScaleFactor: 2 });
  const expectGood = async () => {
    for (const [colorScheme, viewport] of LOOKS) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize(viewport);
      const look = `${colorScheme}, ${viewport.width} pixels`;
      expect([look, await findAccessibilityFaults(page)]).toEqual([look, []]);
      await expectNoOverflow(page);
    }
  };
  for (const app of ["invoice-splitter", "date-planner", "csv-cleaner"]) {
    await page.goto((await share(app)).url);
    await expectGood();
  }
  await page.locator("input[type=file]").setInputFiles(TABLE);
  await page.getByText(/^sample\.csv, /).waitFor();
  await expectGood();
  await run(page).click();
  await done(page).waitFor();
  await page.frameLocator("iframe").getByText("first_name,e-mail,city").waitFor();
  // A text in a frame has the colours of its reader's scheme: a ground of one scheme alone would hide it in the other.
  const ground = await page.locator("iframe").evaluate((frame) => getComputedStyle(frame).backgroundColor);
  expect(ground).toBe("rgba(0, 0, 0, 0)");
  await expectGood();
  await page.getByRole("button", { name: "Share this result" }).click();
  await page.locator("#shared").waitFor();
  await expectGood();

  await page.goto((await share("line-counter")).url);
  await page.locator("input[type=file]").setInputFiles(TABLE);
  await page.getByLabel("Seconds").fill("600");
  await run(page).click();
  await page.getByText("Halfway through the lines").waitFor();
  await expectGood();
  await ask("POST", `/api/runs/${page.url().split("/").at(-1)}/cancel`);
  await page.getByText("Stopped", { exact: true }).waitFor();
  await expectGood();

  await page.goto(`${url}/s/fls_none`);
  await page.getByRole("heading", { name: "Nothing here" }).waitFor();
  await expectGood();
});

test("a link that was revoked shows the page of a link that never was", async () => {
  verifies("shares:link:one-answer");
  const page = await openStranger();
  const link = await share("price-calculator");
  await page.goto(link.url);
  await run(page).waitFor();
  await page.getByLabel("Unit cost").fill("12");
  await ask("DELETE", `/api/shares/${link.id}`);
  await run(page).click();
  await page.getByRole("heading", { name: "Nothing here" }).waitFor();
  const revoked = await page.content();
  await page.goto(`${url}/s/fls_none`);
  expect(await page.content()).toBe(revoked);
});

test("what a worker puts out runs nothing in its viewer's browser, and reads no cookie", async () => {
  verifies("shares:page:hostile-outputs");
  const page = await openStranger();
  const dialogs = listDialogs(page);
  const requested: string[] = [];
  page.on("request", (request) => {
    if (request.url().includes("evil.example")) requested.push(request.url());
  });
  const link = (await share("hostile-app")).url;
  await page.goto(link);
  await run(page).click();
  await done(page).waitFor();
  await page.waitForLoadState("networkidle");
  expect(await page.locator(`main :is(${ACTING})`).count()).toBe(0);
  expect(requested).toEqual([]);
  await expect.poll(() => page.getByText("The chart is not drawn").count()).toBe(3);
  const [titled] = await page.locator("img.chart").all();
  await titled?.evaluate((image: HTMLImageElement) => image.decode());
  const frames = page.frames().slice(1);
  expect(frames.length).toBeGreaterThan(1);
  for (const frame of frames) expect(await frame.evaluate(() => window.origin)).toBe("null");
  // The script of the page in a frame ran, and this is how far it came.
  await expect.poll(() => faults).toEqual([expect.stringContaining("document is sandboxed")]);
  faults = [];
  expect(dialogs).toEqual([]);

  // The same outputs in the app, where there is a sign-in to steal.
  const owner = await openStranger();
  const asked = listDialogs(owner);
  await owner.goto(`${url}/runs/${page.url().split("/").at(-1)}#token=${token}`);
  await owner.getByText("fdp.txt").first().waitFor();
  await owner.waitForLoadState("networkidle");
  expect(await owner.locator(`#root :is(${ACTING})`).count()).toBe(0);
  const said = await owner.locator("main").innerText();
  expect(said).not.toContain("\u202e");
  expect(said.length).toBeLessThan(500_000);
  await expect.poll(() => owner.getByText("The chart is not drawn").count()).toBe(3);
  const saving = owner.waitForEvent("download");
  await owner.getByRole("button", { name: "Save as CSV" }).first().click();
  const csv = await text(await (await saving).createReadStream());
  expect(csv).toContain("'=HYPERLINK");
  expect(csv).not.toMatch(/(?:^|,)"?=/m);
  const origins = await Promise.all(
    owner
      .frames()
      .slice(1)
      .map((frame) => frame.evaluate(() => window.origin)),
  );
  expect(origins.filter((origin) => origin !== "null")).toEqual([]);
  expect(asked).toEqual([]);
});

test("an app stands in the frame of a site that its owner names, and in no other", async () => {
  verifies("shares:page:embedded-where-allowed");
  const site = createServer((_, answer) => {
    answer.setHeader("content-type", "text/html");
    answer.end(
      `<!doctype html><title>Blog</title><h1>Blog</h1><script src="${url}/embed.js" data-app="price-calculator"></script>`,
    );
  }).listen(0, "127.0.0.1");
  await once(site, "listening");
  const address = site.address();
  if (address === null || typeof address === "string") throw new Error("there is no port");
  try {
    const blog = `http://127.0.0.1:${address.port}`;
    const set = await ask("PUT", "/api/workers/price-calculator/app", {
      state: "public",
      embed_origins: [blog],
    });
    expect(set.status).toBe(200);
    const page = await openStranger();
    await page.goto(blog);
    const frame = page.frameLocator("iframe");
    await frame.getByLabel("Unit cost").fill("12");
    await frame.getByRole("button", { name: "Run", exact: true }).click();
    await frame.getByText("Done", { exact: true }).waitFor();
    expect(await frame.getByRole("region", { name: "Result" }).innerText()).toMatch(/Net price\s+20/);

    // The same pages at another name are another site.
    await page.goto(`http://localhost:${address.port}`);
    await expect.poll(() => page.frames().at(-1)?.url()).toMatch(/^chrome-error:/);
  } finally {
    await ask("PUT", "/api/workers/price-calculator/app", { state: "link", embed_origins: [] });
    site.close();
  }
});
