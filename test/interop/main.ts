// `npm run interop`: clients of MCP that others have written, each tried with a Floom of its own: what it lists, calls, waits
// for, gives up, gets wrong, and what it makes of a token that is none. Those that are too large for the tests are installed
// by npm into node_modules/.cache. Prints a table, and ends with 1 when something went wrong.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import "../../scripts/local/exit-with-parent.ts";
import { startFloom } from "../support/floom-instance.ts";
import { caseNames, openStage, playCase } from "./cases.ts";
import type { Stage } from "./cases.ts";
import { inspector } from "./clients/inspector.ts";
import { newestSdk } from "./clients/newest-sdk.ts";
import { olderSdk } from "./clients/older-sdk.ts";
import type { InteropKind } from "./interop-client.ts";

const INSPECTOR_VERSION = "2.12.0";
const CACHE = join(import.meta.dirname, "../../node_modules/.cache/interop");

/** Installs a package, once, where no other code finds it. */
function install(name: string, version: string): string {
  const folder = join(CACHE, `${name.replaceAll("/", "-")}-${version}`);
  if (existsSync(join(folder, "node_modules", name))) return folder;
  mkdirSync(folder, { recursive: true });
  const words = ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", folder];
  execFileSync("npm", [...words, `${name}@${version}`], { stdio: ["ignore", "ignore", "inherit"] });
  return folder;
}

async function tryAll(kind: InteropKind, stage: Stage): Promise<string[]> {
  const said: string[] = [];
  for (const name of caseNames) {
    const fault = await playCase(kind, name, stage).then(
      () => null,
      (error: unknown) => String(error),
    );
    if (fault !== null) console.error(`${kind.name}, ${name}: ${fault}`);
    said.push(fault === null ? "ok" : "FAILED");
  }
  return said;
}

async function main(): Promise<number> {
  const folder = install("@modelcontextprotocol/inspector", INSPECTOR_VERSION);
  const kinds = [newestSdk("auto"), newestSdk("legacy"), olderSdk, inspector(folder, INSPECTOR_VERSION)];
  const floom = await startFloom({ seed: false, env: { E2B_API_KEY: "" } });
  try {
    const stage = await openStage(floom.url, floom.token);
    const rows = [["client", ...caseNames]];
    for (const kind of kinds) rows.push([kind.name, ...(await tryAll(kind, stage))]);
    const widths = caseNames.map((name) => name.length);
    for (const [client = "", ...cells] of rows) {
      const padded = cells.map((cell, at) => cell.padEnd(widths[at] ?? 0));
      console.log([client.padEnd(24), ...padded].join("  "));
    }
    return rows.flat().includes("FAILED") ? 1 : 0;
  } finally {
    await floom.stop();
  }
}

process.exitCode = await main();
