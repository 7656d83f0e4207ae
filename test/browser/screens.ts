// `npm run screens`: takes pictures of every page of the app, from a Floom of its own that the demo fills: at three widths,
// light and dark, into dist/screens; and those that the README shows into docs/pictures.
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Page } from "playwright-core";
import { createClient } from "#contract/client";
import { runRoutes } from "#contract/runs/routes";
import { fillWorkspace } from "../../scripts/demo/fill-workspace.ts";
import { startFloom } from "../support/floom-instance.ts";
import { launchBrowser } from "./open-page.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const SCREENS = join(ROOT, "dist", "screens");
const PICTURES = join(ROOT, "docs", "pictures");
const WIDTHS = [390, 820, 1280] as const;
/** What the README shows. */
const SHOWN: readonly string[] = ["overview", "run"];

const worker = "/workers/price-watch";
const pages: Readonly<Record<string, string>> = {
  overview: "/",
  workers: "/workers",
  "new-worker": "/new-worker",
  runs: "/runs",
  approvals: "/approvals",
  sessions: "/sessions",
  schedules: "/schedules",
  "schedules-month": "/schedules?view=month",
  webhooks: "/inbox",
  "dead-letters": "/dead-letters",
  secrets: "/secrets",
  store: "/store",
  contexts: "/contexts",
  context: "/contexts/shop-prices",
  connections: "/connections",
  trust: "/trust",
  audit: "/audit",
  members: "/members",
  tokens: "/tokens",
  settings: "/settings",
  worker,
  "worker-overview": `${worker}/overview`,
  "worker-triggers": `${worker}/triggers`,
  "worker-source": `${worker}/source`,
  "worker-versions": `${worker}/versions`,
  "worker-settings": `${worker}/settings`,
};

/** Until nothing on the page is being loaded any more. */
async function settle(page: Page): Promise<void> {
  await page.locator("main h1").waitFor();
  await page.waitForLoadState("networkidle");
  await page.waitForFunction(() => document.querySelector("[aria-busy=true], .skeleton") === null);
}

async function fill(url: string, token: string): Promise<string> {
  const api = createClient<Response>({ origin: url, token, fetch: (address, init) => fetch(address, init) });
  await fillWorkspace(api, (line) => void process.stderr.write(`${line}\n`));
  const { runs } = await api.call(runRoutes.listRuns, { query: { status: "failed", limit: 1 } });
  return `/runs/${runs[0]?.id ?? ""}`;
}

interface Wish {
  url: string;
  path: string;
  file: string;
  width: number;
  /** As high as it is, or as high as a screen. */
  isWhole: boolean;
}

async function take(page: Page, { url, path, file, width, isWhole }: Wish): Promise<void> {
  await page.setViewportSize({ width, height: 760 });
  await page.goto(url + path);
  await settle(page);
  await page.screenshot({ path: file, fullPage: isWhole });
}

mkdirSync(SCREENS, { recursive: true });
mkdirSync(PICTURES, { recursive: true });
const floom = await startFloom();
const browser = await launchBrowser();
try {
  const run = await fill(floom.url, floom.token);
  const all: [string, string][] = [...Object.entries(pages), ["run", run]];
  const wishes = WIDTHS.flatMap((width) => all.map(([name, path]) => ({ name, path, width })));
  for (const colorScheme of ["light", "dark"] as const) {
    const page = await browser.newPage({ colorScheme, reducedMotion: "reduce" });
    await page.goto(`${floom.url}/#token=${floom.token}`);
    for (const { name, path, width } of wishes) {
      const file = join(SCREENS, `${name}-${colorScheme}-${width}.png`);
      await take(page, { url: floom.url, path, file, width, isWhole: true });
    }
    await page.close();
  }
  const page = await browser.newPage({ colorScheme: "light", reducedMotion: "reduce" });
  await page.goto(`${floom.url}/#token=${floom.token}`);
  for (const [name, path] of all.filter(([one]) => SHOWN.includes(one))) {
    const file = join(PICTURES, `${name}.png`);
    await take(page, { url: floom.url, path, file, width: 1180, isWhole: false });
  }
} finally {
  await browser.close();
  await floom.stop();
}
