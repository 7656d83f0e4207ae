// The edge as a process of its own: the built bundle in the runtime that Cloudflare runs it in, its state in
// FLOOM_HOME. `node scripts/edge.ts --port <n> [--sandbox-url <url>] [--sandbox-edge-url <url>]`, the last being where
// sandboxes find it; prints `edge ready <url>`.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { modelKeyNames } from "#contract/agents/model-keys";
import { EDGE_DIR, readEdgeBundle, readLocalWorker } from "./build/edge-bundle.ts";
import { inRoot } from "./checkout.ts";
import type { Migration } from "./local/edge/migrate.ts";
import { runWorkerdTests, serveWorkerd } from "./local/edge/run-workerd.ts";
import { buildEdgeConfig, buildMigrationConfig } from "./local/edge/workerd-config.ts";
import { openHome, openSecrets } from "./local/home.ts";

const LOOPBACK = "127.0.0.1";

/** The sandboxes are this machine's own: no plan limits them, but one can be played by these variables. */
const localCapacity = {
  FLOOM_SANDBOX_CREATES_PER_SECOND: process.env["FLOOM_SANDBOX_CREATES_PER_SECOND"] ?? "1000",
  FLOOM_SANDBOX_LIVE: process.env["FLOOM_SANDBOX_LIVE"] ?? "1000",
  FLOOM_WORKSPACE_LIVE_RUNS: process.env["FLOOM_WORKSPACE_LIVE_RUNS"] ?? "1000",
  FLOOM_SANDBOX_LIFE_SECONDS: process.env["FLOOM_SANDBOX_LIFE_SECONDS"] ?? "86400",
};

const { values: options } = parseArgs({
  options: {
    port: { type: "string" },
    "sandbox-url": { type: "string" },
    "sandbox-edge-url": { type: "string" },
  },
});
const port = Number(options.port ?? 0);
const home = openHome(process.env);

const built = inRoot(EDGE_DIR);
const bundle = await readEdgeBundle(built);
const state = {
  stateDir: home.edgeStateDir,
  database: {
    object: await readLocalWorker(built, "databaseObject"),
    binding: await readLocalWorker(built, "databaseBinding"),
  },
};

// Before the edge is there, which would answer requests and fire alarms as soon as it is up.
await runWorkerdTests(
  await buildMigrationConfig({
    ...state,
    bundle,
    migrator: await readLocalWorker(built, "migrator"),
    migrations: await readMigrations(inRoot("migrations")),
  }),
);

const edge = await serveWorkerd(
  await buildEdgeConfig({
    ...state,
    bundle: { ...bundle, bindings: { ...bundle.bindings, ...localVars() } },
    front: await readLocalWorker(built, "front"),
  }),
  { host: LOOPBACK, port },
);

let isStopping = false;
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, () => {
    isStopping = true;
    edge.kill();
  });
}
void edge.ended.then((reason) => {
  if (!isStopping) console.error(`the runtime ended (${reason})`);

  process.exit(isStopping ? 0 : 1);
});
console.log(`edge ready http://${LOOPBACK}:${edge.port}`);

async function readMigrations(folder: string): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".sql"));
  return Promise.all(names.map(async (name) => ({ name, sql: await readFile(join(folder, name), "utf8") })));
}

/** Those of the variables that are set where this was started. */
function pickSet(...names: string[]): Record<string, string> {
  const set = names.map((name) => [name, process.env[name] ?? ""] as const);
  return Object.fromEntries(set.filter(([, value]) => value !== ""));
}

/** What wrangler.toml holds for production, replaced by what is true on this machine. */
function localVars(): Record<string, string> {
  const secrets = openSecrets(home);
  const sandboxUrl = options["sandbox-url"];
  return {
    FLOOM_ENVIRONMENT: "local",
    // Never unset, and an empty one is none: without it the edge starts no run.
    FLOOM_PUBLIC_URL: process.env["FLOOM_PUBLIC_URL"] || `http://${LOOPBACK}:${port}`,
    FLOOM_SIGNING_KEY: secrets.signingKey,
    FLOOM_OWNER_TOKEN: secrets.ownerToken,
    FLOOM_MASTER_KEYS: secrets.masterKeys,
    ...(sandboxUrl === undefined ? {} : localCapacity),
    ...pickSet(
      "FLOOM_MAIL_URL",
      "FLOOM_MAIL_TOKEN",
      "FLOOM_MAIL_FROM",
      "FLOOM_ALERTS_LOOPBACK",
      "FLOOM_RATE_LIMITS",
      "FLOOM_SIGN_UP",
      "FLOOM_MODEL",
      ...modelKeyNames,
      "SERPER_API_KEY",
      "FLOOM_USD_PER_VCPU_SECOND",
      "FLOOM_USD_PER_GIB_SECOND",
      "WORKEROS_DEFAULT_DAILY_SPEND_CAP_USD",
      "WORKEROS_DEFAULT_MONTHLY_SPEND_CAP_USD",
      "WORKEROS_DEFAULT_USER_DAILY_SPEND_CAP_USD",
      "WORKEROS_DEFAULT_USER_MONTHLY_SPEND_CAP_USD",
      "GITHUB_CLIENT_ID",
      "GITHUB_CLIENT_SECRET",
      "GOOGLE_CLIENT_ID",
      "GOOGLE_CLIENT_SECRET",
    ),
    ...(sandboxUrl === undefined
      ? { E2B_API_KEY: process.env["E2B_API_KEY"] ?? "" }
      : {
          E2B_API_KEY: secrets.sandboxApiKey,
          E2B_API_URL: sandboxUrl,
          E2B_SANDBOX_URL: sandboxUrl,
          // What the sandbox server holds open, whatever address this edge has for others.
          FLOOM_SANDBOX_EDGE_URL: options["sandbox-edge-url"] ?? `http://${LOOPBACK}:${port}`,
        }),
  };
}
