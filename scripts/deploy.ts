// `npm run deploy`: brings the edge to life in a Cloudflare account, or up to date: makes what is missing (database,
// bucket, keys), migrates, uploads, looks whether it is well and prints its address. It asks only for what it cannot know.
// `-- --dry-run` builds and checks the upload, offline; `-- --rotate signing-key` and `-- --retire` change its keys.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { buildAll } from "./build/build-all.ts";
import { inRoot, rootDir } from "./checkout.ts";
import { chooseAddress } from "./deploy/choose-address.ts";
import { DeployStopped } from "./deploy/deployment.ts";
import type { DeployDeps } from "./deploy/deployment.ts";
import { findAccount } from "./deploy/find-account.ts";
import { retireKey, rotatable, rotateKey } from "./deploy/rotate-key.ts";
import type { Rotatable } from "./deploy/rotate-key.ts";
import { runDeployment } from "./deploy/run-deployment.ts";
import { openTerminal } from "./deploy/terminal.ts";
import { openWrangler } from "./deploy/wrangler.ts";
import { openHome } from "./local/home.ts";

const USAGE = `usage: npm run deploy [-- options]

  --domain <name>      a domain of the account, e.g. floom.example.com; without it, the account's workers.dev name
  --name <name>        the script's name in the account (floom)
  --dry-run            build, and check what would be uploaded; needs no account
  --rotate <what>      put a new key in use: ${Object.keys(rotatable).join(", ")}
  --retire <what>      take the keys before it out of use

From the environment, where nobody sits before the terminal: CLOUDFLARE_API_TOKEN, CLOUDFLARE_ACCOUNT_ID, E2B_API_KEY,
FLOOM_PUBLIC_URL. Set when they are given: FLOOM_MAIL_URL, _TOKEN and _FROM, FLOOM_SIGN_UP, GITHUB_CLIENT_ID and _SECRET,
GOOGLE_CLIENT_ID and _SECRET, WORKEROS_DEFAULT_[USER_]{DAILY,MONTHLY}_SPEND_CAP_USD.`;

const environment = { ...process.env };
const deps: DeployDeps = {
  wrangler: openWrangler(environment),
  ask: openTerminal(),
  fetch: globalThis.fetch,
  environment,
  tell: (line) => console.error(line),
  print: (line) => console.log(line),
  sleep: (ms) => sleep(ms),
};

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  if (error instanceof DeployStopped) console.error(error.advice);
  process.exitCode = 1;
}

async function main(): Promise<number> {
  const options = readOptions();
  if (options === null) {
    console.error(USAGE);
    return 2;
  }
  if (options["dry-run"] === true) return dryRun();
  const name = options.name ?? "floom";
  const homeDir = openHome(process.env).dir;
  const { rotate, retire, domain } = options;
  if (rotate === undefined && retire === undefined) {
    await runDeployment(deps, { name, domain, homeDir, build });
    return 0;
  }
  const account = await findAccount(deps);
  environment["CLOUDFLARE_ACCOUNT_ID"] = account.id;
  const wranglerToml = readFileSync(inRoot("wrangler.toml"), "utf8");
  const { publicUrl } = await chooseAddress(deps, { name, accountId: account.id, domain, wranglerToml });
  const of = { name, accountId: account.id, publicUrl, homeDir };
  if (rotate !== undefined) await rotateKey(deps, rotate, of);
  if (retire !== undefined) await retireKey(deps, retire, of);
  return 0;
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        name: { type: "string" },
        domain: { type: "string" },
        "dry-run": { type: "boolean" },
        rotate: { type: "string" },
        retire: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    });
    const { rotate, retire, name = "floom" } = values;
    const isKnown = (what: string | undefined): what is Rotatable | undefined =>
      what === undefined || Object.hasOwn(rotatable, what);
    if (
      values.help === true ||
      !isKnown(rotate) ||
      !isKnown(retire) ||
      !/^[a-z0-9][a-z0-9-]{0,54}$/.test(name)
    )
      return null;
    return { ...values, rotate, retire };
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return null;
  }
}

async function build(): Promise<void> {
  await buildAll((line) => console.error(line));
  // The Vite plugin for Workers leaves a redirect here that would make wrangler deploy something else.
  rmSync(join(rootDir, ".wrangler", "deploy"), { recursive: true, force: true });
}

async function dryRun(): Promise<number> {
  await build();
  const wrangler = join(rootDir, "node_modules", "wrangler", "bin", "wrangler.js");
  const child = spawn(process.execPath, [wrangler, "deploy", "--dry-run"], {
    cwd: rootDir,
    stdio: "inherit",
  });
  const ended: unknown[] = await once(child, "exit");
  const [code] = ended;
  return typeof code === "number" ? code : 1;
}
