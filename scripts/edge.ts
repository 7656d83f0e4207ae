// The edge as a process of its own: the built bundle on Miniflare, its state in FLOOM_HOME.
// `node scripts/edge.ts --port <n> [--sandbox-url <url>]`; prints `edge ready <url>`.
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare, type V4SharedOptions } from "miniflare";
import { edgeTarget, readEdgeBundle } from "./build/edge.ts";
import { inRoot, rootDir } from "./checkout.ts";
import { openHome, openSecrets } from "./local/home.ts";
import { migrate } from "./local/migrate.ts";

const LOOPBACK = "127.0.0.1";

/** The sandboxes are this machine's own: no plan limits them, but one can be played by these variables. */
const localCapacity = {
  FLOOM_SANDBOX_CREATES_PER_SECOND: process.env["FLOOM_SANDBOX_CREATES_PER_SECOND"] ?? "1000",
  FLOOM_SANDBOX_LIVE: process.env["FLOOM_SANDBOX_LIVE"] ?? "1000",
  FLOOM_WORKSPACE_LIVE_RUNS: process.env["FLOOM_WORKSPACE_LIVE_RUNS"] ?? "1000",
};

const { values: options } = parseArgs({
  options: { port: { type: "string" }, "sandbox-url": { type: "string" } },
});
const port = Number(options.port ?? 0);
const home = openHome(process.env);

if (process.platform === "linux" && existsSync("/usr/bin/setpriv")) {
  process.env["FLOOM_WORKERD_PATH"] = createRequire(import.meta.url)("workerd").default;
  process.env["MINIFLARE_WORKERD_PATH"] = join(rootDir, "scripts", "local", "workerd.sh");
}

const shared: V4SharedOptions = {
  host: LOOPBACK,
  log: new Log(LogLevel.WARN),
  cf: false,
  telemetry: { enabled: false },
  resourcePersistencePath: home.edgeStateDir,
};

const bundle = await readEdgeBundle(inRoot(edgeTarget.output));
await migrateBeforeTraffic();

const edge = new Miniflare(
  convertV4MiniflareOptions({
    ...shared,
    port,
    workers: [{ ...bundle, bindings: { ...bundle.bindings, ...localVars() } }],
  }),
);

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, () => {
    void edge.dispose().finally(() => process.exit(0));
  });
}

const url = await edge.ready;
console.log(`edge ready ${url.origin}`);

/**
 * A second Miniflare over the same files, without our code in it: the edge itself would answer requests and
 * fire alarms as soon as it is up.
 */
async function migrateBeforeTraffic(): Promise<void> {
  const { d1Databases, compatibilityDate } = bundle;
  const migrator = new Miniflare(
    convertV4MiniflareOptions({
      ...shared,
      port: 0,
      workers: [
        {
          name: "migrate",
          modules: true,
          script: "export default { fetch: () => new Response() };",
          ...(compatibilityDate === undefined ? {} : { compatibilityDate }),
          ...(d1Databases === undefined ? {} : { d1Databases }),
        },
      ],
    }),
  );
  try {
    const applied = await migrate(await migrator.getD1Database("DB"), inRoot("migrations"));
    for (const name of applied) {
      console.log(`applied migration ${name}`);
    }
  } finally {
    await migrator.dispose();
  }
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
    FLOOM_PUBLIC_URL: process.env["FLOOM_PUBLIC_URL"] ?? `http://${LOOPBACK}:${port}`,
    FLOOM_SIGNING_KEY: secrets.signingKey,
    FLOOM_OWNER_TOKEN: secrets.ownerToken,
    ...(sandboxUrl === undefined ? {} : localCapacity),
    ...pickSet("FLOOM_MAIL_URL", "FLOOM_MAIL_TOKEN", "FLOOM_MAIL_FROM", "FLOOM_ALERTS_LOOPBACK"),
    ...(sandboxUrl === undefined
      ? { E2B_API_KEY: process.env["E2B_API_KEY"] ?? "" }
      : { E2B_API_KEY: secrets.sandboxApiKey, E2B_API_URL: sandboxUrl, E2B_SANDBOX_URL: sandboxUrl }),
  };
}
