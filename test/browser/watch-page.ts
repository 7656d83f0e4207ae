import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { openContext } from "./open-page.ts";

/** A page of a browser of its own, and what it threw or was forbidden by its policy. */
export interface WatchedPage {
  page: Page;
  faults: string[];
}

/** Opens a page; what its script throws, and what its policy forbids, is among `faults` from then on. */
export async function openWatchedPage(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const page = await (await openContext(browser, options)).newPage();
  const faults: string[] = [];
  page.on("pageerror", ({ message }) => faults.push(message));
  await page.exposeFunction("reportViolation", (what: string) => faults.push(what));
  await page.addInitScript(listenForViolations);
  return { page, faults };
}

/** Runs in every page that a test opens: what its policy forbade is a fault of the page. */
function listenForViolations(): void {
  const { reportViolation } = globalThis as unknown as { reportViolation: (what: string) => void };
  document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
    reportViolation(`${violatedDirective} forbids ${blockedURI}`),
  );
}

/** Ends a page with its browser's storage. Throws when anything went wrong in it. */
export async function closeWatchedPage({ page, faults }: WatchedPage): Promise<void> {
  await page.context().close();
  if (faults.length > 0) throw new Error(`The page threw: ${faults.join("; ")}`);
}

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
