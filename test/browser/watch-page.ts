import type { Browser, BrowserContextOptions, Locator, Page, Request } from "playwright-core";
import { expect } from "vitest";
import { openContext } from "./open-page.ts";

/** A page of a browser of its own. */
export interface WatchedPage {
  page: Page;
  /** What its script threw or was forbidden by its policy. */
  faults: string[];
  /** What it asked for and did not get; no fault by itself, but told of a test that failed. */
  refusals: string[];
  /** Waits until the app says it was done, after what it was last waited for to say, and no dialog stands before the page. */
  said: (words: string) => Promise<void>;
  /** Forgets what it has said until now, waited for or not: what is done next may be told in the same words. */
  forgetSaid: () => void;
}

/** Opens a page; what its script throws, and what its policy forbids, is among `faults` from then on. */
export async function openWatchedPage(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const page = await (await openContext(browser, options)).newPage();
  const faults: string[] = [];
  const refusals: string[] = [];
  const refuse = (request: Request, why: string): void =>
    void refusals.push(`${request.method()} ${new URL(request.url()).pathname}: ${why}`);
  page.on("requestfailed", (request) => refuse(request, request.failure()?.errorText ?? "failed"));
  page.on("response", (answer) => answer.status() >= 400 && refuse(answer.request(), `${answer.status()}`));
  page.on("pageerror", ({ message }) => faults.push(message));
  await page.exposeFunction("reportViolation", (what: string) => faults.push(what));
  await page.addInitScript(listenForViolations);
  const notes: string[] = [];
  await page.exposeFunction("reportNote", (text: string) => notes.push(text));
  await page.addInitScript(listenForNotes);
  const said = async (words: string) => {
    await expect.poll(() => notes.join("\n")).toContain(words);
    notes.splice(0, notes.findIndex((note) => note.includes(words)) + 1);
    await expect.poll(() => page.getByRole("dialog").count()).toBe(0);
  };
  const forgetSaid = (): void => void notes.splice(0);
  return { page, faults, refusals, said, forgetSaid };
}

/**
 * Runs in every page that a test opens: tells each note of the app as it comes. A note goes by itself after some seconds, and
 * the one before may have the same words, so that a look at the page could be too late or see the wrong one.
 */
function listenForNotes(): void {
  const { reportNote } = globalThis as unknown as { reportNote: (text: string) => void };
  let last: Element | null = null;
  new MutationObserver(() => {
    const note = document.querySelector(".said > span");
    if (note === last) return;
    last = note;
    if (note?.textContent) reportNote(note.textContent);
  }).observe(document, { childList: true, subtree: true });
}

/** Runs in every page that a test opens: what its policy forbade is a fault of the page. */
function listenForViolations(): void {
  const { reportViolation } = globalThis as unknown as { reportViolation: (what: string) => void };
  document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
    reportViolation(`${violatedDirective} forbids ${blockedURI}`),
  );
}

/**
 * Ends a page with its browser's storage. Throws when anything went wrong in it; of a test that failed it throws what the page
 * showed then, since what was waited for and did not come says nothing of what came in its place.
 */
export async function closeWatchedPage(
  { page, faults, refusals }: WatchedPage,
  { hasFailed = false }: { hasFailed?: boolean } = {},
): Promise<void> {
  const shown = hasFailed ? await describePage(page) : "";
  await page.context().close();
  const last = refusals.slice(-MOST_REFUSALS).join("; ");
  if (hasFailed) throw new Error(`${shown}; threw: ${faults.join("; ")}; did not get, last: ${last}`);
  if (faults.length > 0) throw new Error(`The page threw: ${faults.join("; ")}`);
}

/** Where a page is and what stands on it, in one line; of one that is just going elsewhere, or has crashed, that. */
async function describePage(page: Page): Promise<string> {
  const text = await page
    .evaluate(() => (document.querySelector("main") ?? document.body).innerText)
    .catch(String);
  return `The page ${new URL(page.url()).pathname} showed "${text.replaceAll(/\s+/gu, " ").slice(0, MOST_SHOWN)}"`;
}

/** Characters of a page's text that are told of a test that failed, and requests. */
const MOST_SHOWN = 400;
const MOST_REFUSALS = 5;

/** Opens an address of the app as whoever has the token, and waits until nothing on it is being loaded any more. */
export async function openApp(page: Page, address: string, token: string): Promise<void> {
  await page.goto(`${address}#token=${token}`);
  await page.locator("main h1").waitFor();
  await settle(page);
}

/** Until nothing on the page is being loaded any more. */
export async function settle(page: Page): Promise<void> {
  await page.waitForLoadState("networkidle");
  await page.waitForFunction(() => document.querySelector("[aria-busy=true], .skeleton") === null);
}

/**
 * Presses a key at what has the focus then. What cannot take it yet, because it is disabled or behind a dialog that is still open,
 * is waited for: the key would go to something else.
 */
export async function press(at: Locator, key: string): Promise<void> {
  await expect.poll(() => takeFocus(at)).toBe(true);
  await at.press(key);
}

async function takeFocus(at: Locator): Promise<boolean> {
  await at.focus();
  return at.evaluate((element) => element === element.ownerDocument.activeElement);
}
