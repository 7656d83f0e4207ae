// `npm run lighthouse`: judges the pages that strangers see as Lighthouse does for a phone, and two of the app as it does for a
// desk, on a Floom of its own, and ends with 1 when one falls short. npx fetches Lighthouse the first time: its 190 MB are no part of an installation.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { createClient } from "#contract/client";
import { routes } from "#contract/routes";
import { startFloom } from "../test/support/floom-instance.ts";
import { judgeScores, lighthouseReportSchema, ofStrangers, ofTheApp } from "./lighthouse/judge-scores.ts";
import type { PageVerdict } from "./lighthouse/judge-scores.ts";

const LIGHTHOUSE = "lighthouse@13.5.0";
const MAX_REPORT_BYTES = 64 * 1024 * 1024;
/** Fields of many kinds on one page, a file among them. */
const APP = `
from datetime import date
from typing import Literal
import floom

def plan(
    notes: floom.File,
    title: str,
    start: date,
    kind: Literal["short", "long"] = "short",
    days: int = 3,
    tags: list[str] = [],
    is_public: bool = False,
) -> dict[str, str | int]:
    """Plans a trip.

    Args:
        notes: What to remember.
        title: What the trip is called.
    """
    return {"title": title, "days": days}
`;

const run = promisify(execFile);

interface Wish {
  name: string;
  url: string;
  least: typeof ofStrangers;
  /** As at a desk, with a fast line; else as on a slow phone. */
  isDesktop: boolean;
}

/** Has a headless Chromium load the page as a slow phone would, or a desk. Throws when Lighthouse cannot. */
async function judgePage({ url, least, isDesktop }: Wish): Promise<PageVerdict> {
  const args = ["--yes", LIGHTHOUSE, url, "--quiet", "--output=json", "--no-enable-error-reporting"];
  if (isDesktop) args.push("--preset=desktop");
  const { stdout } = await run("npx", [...args, "--chrome-flags=--headless=new --no-sandbox"], {
    env: { CHROME_PATH: "/usr/bin/chromium", ...process.env },
    maxBuffer: MAX_REPORT_BYTES,
  });
  return judgeScores(lighthouseReportSchema.parse(JSON.parse(stdout)), least);
}

async function main(): Promise<number> {
  const floom = await startFloom({ seed: false, env: { E2B_API_KEY: "" } });
  try {
    const client = createClient<Response>({ origin: floom.url, token: floom.token, fetch });
    await client.call(routes.deploy, { json: { name: "trip-planner", code: APP } });
    const params = { worker: "trip-planner" };
    const { url: link } = await client.call(routes.createWorkerShare, { params, json: {} });
    const { url: page } = await client.call(routes.setApp, { params, json: { state: "public" } });
    await client.call(routes.startRun, { params, json: { inputs: {} } }).catch(() => undefined);
    const app = (path: string) => `${floom.url}${path}#token=${floom.token}`;
    const wishes: Wish[] = [
      { name: "public page", url: page, least: ofStrangers, isDesktop: false },
      { name: "shared link", url: link, least: ofStrangers, isDesktop: false },
      { name: "overview of the app", url: app("/"), least: ofTheApp, isDesktop: true },
      { name: "a worker in the app", url: app("/workers/trip-planner"), least: ofTheApp, isDesktop: true },
    ];
    let missed = 0;
    for (const wish of wishes) {
      const { name } = wish;
      const { performance, accessibility, faults, met } = await judgePage(wish);
      console.log(
        `${name}: performance ${performance}, accessibility ${accessibility}${met ? "" : "  MISSED"}`,
      );
      for (const fault of faults) console.log(`  not in full: ${fault}`);
      if (!met) missed += 1;
    }
    return missed === 0 ? 0 : 1;
  } finally {
    await floom.stop();
  }
}

process.exitCode = await main();
