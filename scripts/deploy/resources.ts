import * as z from "zod";
import { DeployStopped, sayWhy } from "./deployment.ts";
import type { DeployDeps } from "./deployment.ts";

const databasesSchema = z.array(z.object({ uuid: z.string(), name: z.string() }));

const AGAIN = "Run it again; what is there already is kept.";

/** The id of the account's database of this name; it is made where there is none. Made meanwhile by somebody else, theirs is it. */
export async function ensureDatabase(
  deps: DeployDeps,
  name: string,
): Promise<{ id: string; isNew: boolean }> {
  const found = await findDatabase(deps, name);
  if (found !== null) return { id: found, isNew: false };
  const made = await deps.wrangler(["d1", "create", name]);
  const id = await findDatabase(deps, name);
  if (id !== null) return { id, isNew: true };
  throw new DeployStopped(`The database ${name} could not be made: ${sayWhy(made)}`, AGAIN);
}

async function findDatabase(deps: DeployDeps, name: string): Promise<string | null> {
  const listed = await deps.wrangler(["d1", "list", "--json"]);
  const rows = listed.code === 0 ? databasesSchema.safeParse(parse(listed.stdout)) : null;
  if (rows?.success !== true)
    throw new DeployStopped(`The account's databases cannot be listed: ${sayWhy(listed)}`, AGAIN);
  return rows.data.find((row) => row.name === name)?.uuid ?? null;
}

/** Sees to it that there is a bucket of this name. True when it was made now. */
export async function ensureBucket(deps: DeployDeps, name: string): Promise<boolean> {
  if (await hasBucket(deps, name)) return false;
  const made = await deps.wrangler(["r2", "bucket", "create", name]);
  if (made.code === 0 || (await hasBucket(deps, name))) return true;
  throw new DeployStopped(
    `The bucket ${name} could not be made: ${sayWhy(made)}`,
    `R2 has to be enabled for the account once, in Cloudflare's dashboard. ${AGAIN}`,
  );
}

async function hasBucket(deps: DeployDeps, name: string): Promise<boolean> {
  const listed = await deps.wrangler(["r2", "bucket", "list"]);
  if (listed.code !== 0) {
    throw new DeployStopped(
      `The account's buckets cannot be listed: ${sayWhy(listed)}`,
      `R2 has to be enabled for the account once, in Cloudflare's dashboard. ${AGAIN}`,
    );
  }
  return listed.stdout.split("\n").some((line) => /^name:\s+(\S+)$/.exec(line.trim())?.[1] === name);
}

/** The names of the script's secrets; null where the script was never uploaded. */
export async function listSecrets(deps: DeployDeps, name: string): Promise<string[] | null> {
  const listed = await deps.wrangler(["secret", "list", "--name", name, "--format", "json"]);
  const rows =
    listed.code === 0 ? z.array(z.object({ name: z.string() })).safeParse(parse(listed.stdout)) : null;
  if (rows?.success === true) return rows.data.map((row) => row.name);
  if (/not found/.test(`${listed.stdout}${listed.stderr}`)) return null;
  throw new DeployStopped(`The script's secrets cannot be listed: ${sayWhy(listed)}`, AGAIN);
}

/** The version that serves now; null where nothing does, or nobody can say. */
export async function findServingVersion(deps: DeployDeps, name: string): Promise<string | null> {
  const answer = await deps.wrangler(["deployments", "status", "--name", name, "--json"]);
  const status = z
    .object({ versions: z.array(z.object({ version_id: z.string() })) })
    .safeParse(parse(answer.stdout));
  return status.data?.versions[0]?.version_id ?? null;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
