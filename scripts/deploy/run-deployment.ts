import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inRoot } from "../checkout.ts";
import { findFault } from "./check-health.ts";
import { chooseAddress } from "./choose-address.ts";
import { DeployStopped, sayWhy } from "./deployment.ts";
import type { DeployDeps, Deployment } from "./deployment.ts";
import { findAccount } from "./find-account.ts";
import { completeKeyring, keyNames, keyringFile, readKeyring, secretText, writeKeyring } from "./keys.ts";
import type { Keyring } from "./keys.ts";
import { ensureBucket, ensureDatabase, findServingVersion, listSecrets } from "./resources.ts";
import { configFile, writeConfig } from "./write-config.ts";

export interface DeployOptions {
  name: string;
  domain: string | undefined;
  /** Where the keys that are made here are kept. */
  homeDir: string;
  /** Brings what is uploaded up to date. */
  build: () => Promise<void>;
}

/**
 * Brings the edge to life in an account, or up to date. Every step looks first at what is there: after a failure, or to
 * upgrade, the same command goes on. The database's migrations come before the script that needs them. Throws
 * DeployStopped with what to do.
 */
export async function runDeployment(deps: DeployDeps, options: DeployOptions): Promise<Deployment> {
  const { name, domain, homeDir } = options;
  const wranglerToml = readFileSync(inRoot("wrangler.toml"), "utf8");
  const account = await findAccount(deps);
  deps.tell(`account: ${account.name} (${account.id})`);
  const inAccount = withAccount(deps, account.id);
  const address = await chooseAddress(inAccount, { name, accountId: account.id, domain, wranglerToml });
  const deployment: Deployment = { name, account, ...address };
  deps.tell(`address: ${deployment.publicUrl}`);

  const existing = await listSecrets(inAccount, name);
  const serving = existing === null ? null : await findServingVersion(inAccount, name);
  deps.tell(existing === null ? "a first deployment" : `an upgrade of version ${serving ?? "unknown"}`);
  const secrets = await collectSecrets(inAccount, { deployment, existing: existing ?? [], homeDir });

  const database = await ensureDatabase(inAccount, name);
  deps.tell(`database: ${name}${database.isNew ? ", made" : ""}`);
  deps.tell(`bucket: ${name}-files${(await ensureBucket(inAccount, `${name}-files`)) ? ", made" : ""}`);
  writeConfig(deployment, database.id);

  await options.build();
  await migrate(inAccount);
  await upload(inAccount, secrets.upload);
  deps.tell("uploaded");
  await requireHealth(inAccount, { publicUrl: deployment.publicUrl, serving });
  sayDone(deps, { deployment, keyring: secrets.keyring, isNew: existing === null, file: secrets.file });
  return deployment;
}

/** wrangler asks for an account where a person has several, and it must never ask. */
function withAccount(deps: DeployDeps, id: string): DeployDeps {
  deps.environment["CLOUDFLARE_ACCOUNT_ID"] = id;
  return deps;
}

interface Collected {
  upload: Record<string, string>;
  keyring: Keyring;
  file: string;
}

const OPTIONAL = [
  "FLOOM_MAIL_URL",
  "FLOOM_MAIL_TOKEN",
  "FLOOM_MAIL_FROM",
  "FLOOM_SIGN_UP",
  "GITHUB_CLIENT_ID",
  "GITHUB_CLIENT_SECRET",
  "GOOGLE_CLIENT_ID",
  "GOOGLE_CLIENT_SECRET",
  "WORKEROS_DEFAULT_DAILY_SPEND_CAP_USD",
  "WORKEROS_DEFAULT_MONTHLY_SPEND_CAP_USD",
  "WORKEROS_DEFAULT_USER_DAILY_SPEND_CAP_USD",
  "WORKEROS_DEFAULT_USER_MONTHLY_SPEND_CAP_USD",
] as const;

/** What the script lacks and is to be told. What is made is kept here before anything is uploaded: it is shown nowhere again. */
async function collectSecrets(
  deps: DeployDeps,
  { deployment, existing, homeDir }: { deployment: Deployment; existing: readonly string[]; homeDir: string },
): Promise<Collected> {
  const file = keyringFile(homeDir, deployment.account.id, deployment.name);
  const keyring = completeKeyring(readKeyring(file), existing);
  writeKeyring(file, keyring);
  const upload: Record<string, string> = {};
  for (const name of keyNames) if (!existing.includes(name)) upload[name] = secretText(name, keyring[name]);
  const e2bKey = deps.environment["E2B_API_KEY"] ?? "";
  if (e2bKey !== "") upload["E2B_API_KEY"] = e2bKey;
  else if (!existing.includes("E2B_API_KEY")) upload["E2B_API_KEY"] = await askE2bKey(deps);
  for (const name of OPTIONAL) {
    const value = deps.environment[name] ?? "";
    if (value !== "") upload[name] = value;
  }
  return { upload, keyring, file };
}

async function askE2bKey(deps: DeployDeps): Promise<string> {
  const advice = "Make a key at https://e2b.dev/dashboard and set E2B_API_KEY to it.";
  if (deps.ask === null)
    throw new DeployStopped("Scripts run in E2B's sandboxes, and no key for them was given.", advice);
  const key = (
    await deps.ask("Key of E2B, in whose sandboxes scripts run (https://e2b.dev/dashboard): ", "secret")
  ).trim();
  if (/^e2b_[A-Za-z0-9]{8,}$/.test(key)) return key;
  throw new DeployStopped("That is no key of E2B: they begin with e2b_.", advice);
}

async function migrate(deps: DeployDeps): Promise<void> {
  const answer = await deps.wrangler(["d1", "migrations", "apply", "DB", "--remote", "--config", configFile]);
  if (answer.code === 0) {
    deps.tell("database is up to date");
    return;
  }
  throw new DeployStopped(
    `A migration of the database failed: ${sayWhy(answer)}`,
    "The migration that failed was taken back, and the script that serves is the one from before. Run it again.",
  );
}

async function upload(deps: DeployDeps, secrets: Readonly<Record<string, string>>): Promise<void> {
  // A folder of our own in which nobody else can read or place a file.
  const folder = mkdtempSync(join(tmpdir(), "floom-deploy-"));
  try {
    const file = join(folder, "secrets.json");
    writeFileSync(file, JSON.stringify(secrets), { mode: 0o600 });
    const withSecrets = Object.keys(secrets).length === 0 ? [] : ["--secrets-file", file];
    const answer = await deps.wrangler(["deploy", "--config", configFile, ...withSecrets]);
    if (answer.code !== 0) {
      throw new DeployStopped(
        `The script could not be uploaded: ${sayWhy(answer)}`,
        "What served before still serves. Run it again.",
      );
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function requireHealth(
  deps: DeployDeps,
  { publicUrl, serving }: { publicUrl: string; serving: string | null },
): Promise<void> {
  const fault = await findFault(deps, publicUrl);
  if (fault === null) {
    deps.tell("it answers, and is well");
    return;
  }
  const back = serving === null ? "" : ` To go back: npx wrangler rollback ${serving} --config ${configFile}`;
  throw new DeployStopped(
    `It was uploaded, and is not well: ${fault}`,
    `See what it logs: npx wrangler tail --config ${configFile}.${back}`,
  );
}

function sayDone(
  { tell, print }: DeployDeps,
  done: { deployment: Deployment; keyring: Keyring; isNew: boolean; file: string },
): void {
  const { publicUrl } = done.deployment;
  if (done.isNew) {
    const [token = ""] = done.keyring.FLOOM_OWNER_TOKEN;
    tell("");
    tell("The owner's token, which signs you in and is shown this once:");
    print(token);
    tell(`Its keys are in ${done.file}: keep a copy of that file where only you can read it.`);
  }
  tell("");
  print(publicUrl);
}
