import * as z from "zod";
import { DeployStopped, sayWhy } from "./deployment.ts";
import type { DeployDeps } from "./deployment.ts";

const whoamiSchema = z.object({
  loggedIn: z.boolean(),
  accounts: z.array(z.object({ id: z.string(), name: z.string() })).optional(),
});

const SIGN_IN =
  "Sign in with `npx wrangler login`, or set CLOUDFLARE_API_TOKEN to a token that may edit Workers, D1 and R2, and run it again.";

/** Whose account to deploy to: the one that CLOUDFLARE_ACCOUNT_ID names, the only one, or the answer of a person. */
export async function findAccount(deps: DeployDeps): Promise<{ id: string; name: string }> {
  const answer = await deps.wrangler(["whoami", "--json"]);
  const who = whoamiSchema.safeParse(parse(answer.stdout));
  if (answer.code !== 0 && !who.success)
    throw new DeployStopped(`Cloudflare does not say who you are: ${sayWhy(answer)}`, SIGN_IN);
  const accounts = who.data?.accounts ?? [];
  if (who.data?.loggedIn !== true || accounts.length === 0)
    throw new DeployStopped("Nobody is signed in to Cloudflare.", SIGN_IN);
  const wanted = deps.environment["CLOUDFLARE_ACCOUNT_ID"] ?? "";
  const named = accounts.find(({ id }) => id === wanted);
  if (named !== undefined) return named;
  const list = accounts.map(({ id, name }) => `  ${id}  ${name}`).join("\n");
  if (wanted !== "") {
    throw new DeployStopped(
      `CLOUDFLARE_ACCOUNT_ID is ${wanted}, which is none of your accounts:\n${list}`,
      "Set it to one of these.",
    );
  }
  const [only, ...others] = accounts;
  if (only !== undefined && others.length === 0) return only;
  if (deps.ask === null) {
    throw new DeployStopped(
      `You have several accounts:\n${list}`,
      "Set CLOUDFLARE_ACCOUNT_ID to one of these.",
    );
  }
  const said = (await deps.ask(`Which account?\n${list}\nId: `, "plain")).trim();
  const chosen = accounts.find(({ id, name }) => id === said || name === said);
  if (chosen !== undefined) return chosen;
  throw new DeployStopped(`${said} is none of these accounts.`, "Run it again with one of the ids.");
}

/** The account's name below workers.dev; null where it has none, or nobody may say. */
export async function findSubdomain(deps: DeployDeps, accountId: string): Promise<string | null> {
  const answer = await deps.wrangler(["auth", "token", "--json"]);
  const token = z.object({ token: z.string() }).safeParse(parse(answer.stdout)).data?.token;
  if (token === undefined) return null;
  const base = deps.environment["CLOUDFLARE_API_BASE_URL"] ?? "https://api.cloudflare.com/client/v4";
  const headers = { authorization: `Bearer ${token}` };
  const response = await deps
    .fetch(`${base}/accounts/${accountId}/workers/subdomain`, { headers })
    .catch(() => null);
  if (response?.ok !== true) return null;
  const body = z.object({ result: z.object({ subdomain: z.string() }) }).safeParse(await response.json());
  return body.data?.result.subdomain ?? null;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
