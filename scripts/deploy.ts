// `npm run deploy`: builds what is stale and uploads the edge with its web app. `-- --dry-run` uploads nothing
// and works offline; every other argument goes to `wrangler deploy` as it is. The edge must be told its own address:
// FLOOM_PUBLIC_URL of the environment or of wrangler.toml, or the answer of whoever sits before the terminal.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { buildAll } from "./build/build-all.ts";
import { findPublicUrl, parsePublicUrl } from "./build/public-url.ts";
import { inRoot, rootDir } from "./checkout.ts";

const given = process.argv.slice(2);
const publicUrl = await choosePublicUrl().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(2);
});
await buildAll((line) => console.error(line));
// The Vite plugin for Workers leaves a redirect here that would make wrangler deploy something else.
rmSync(join(rootDir, ".wrangler", "deploy"), { recursive: true, force: true });

const wrangler = join(rootDir, "node_modules", "wrangler", "bin", "wrangler.js");
const address = publicUrl === null ? [] : ["--var", `FLOOM_PUBLIC_URL:${publicUrl}`];
const child = spawn(process.execPath, [wrangler, "deploy", ...address, ...given], {
  cwd: rootDir,
  stdio: "inherit",
});
const ended: unknown[] = await once(child, "exit");
const [code] = ended;
process.exit(typeof code === "number" ? code : 1);

/** The address to deploy with; null for a dry run that was told none. Throws what to set. */
async function choosePublicUrl(): Promise<string | null> {
  const environment = process.env["FLOOM_PUBLIC_URL"];
  const found = findPublicUrl({ environment, wranglerToml: readFileSync(inRoot("wrangler.toml"), "utf8") });
  if (found !== null || given.includes("--dry-run")) return found;
  if (process.stdin.isTTY) return askPublicUrl();
  throw new Error(
    "Where will the edge be reached? Without its own address it starts no run. Set FLOOM_PUBLIC_URL in wrangler.toml or in the environment, e.g. FLOOM_PUBLIC_URL=https://floom.<account>.workers.dev npm run deploy",
  );
}

async function askPublicUrl(): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return parsePublicUrl(
      await terminal.question("Address of the edge, e.g. https://floom.<account>.workers.dev: "),
    );
  } finally {
    terminal.close();
  }
}
