import axe from "axe-core";
import { chromium } from "playwright-core";
import type { Browser, BrowserContext, BrowserContextOptions, Frame, Page } from "playwright-core";

/** Debian's Chromium; playwright-core brings no browser of its own. */
const CHROMIUM = "/usr/bin/chromium";

/** How long what a test waits for may take: a net for what never comes, on a machine that does ten other things. */
const PATIENCE_MS = 120_000;

/** Starts the browser. It runs as root in containers, where its own sandbox cannot start. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
}

/**
 * Opens a storage of its own, with cookies and tabs that share nothing with others. Nothing in it moves: a colour that is on its
 * way to another one is a fault to who measures it.
 */
export async function openContext(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<BrowserContext> {
  const context = await browser.newContext({ reducedMotion: "reduce", ...options });
  context.setDefaultTimeout(PATIENCE_MS);
  return context;
}

/** What axe (https://github.com/dequelabs/axe-core) finds wrong with the page, or one frame of it, as it stands, one line each. */
export async function findAccessibilityFaults(page: Page | Frame): Promise<string[]> {
  // Evaluated by the debugger, which the page's own policy against foreign scripts does not bind.
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run();
    return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ""}`);
  });
}

/** What is wrong with the page in light and in dark mode, wide and as narrow as a phone: faults that axe finds, and overflow. */
export async function findFaultsOfLooks(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const width of [1280, 360]) {
    await page.setViewportSize({ width, height: 800 });
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      found.push(...(await findAccessibilityFaults(page)));
    }
    const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    if (over > 0) found.push(`${over} pixels too wide at ${width}`);
  }
  await page.setViewportSize({ width: 1280, height: 800 });
  return found;
}
