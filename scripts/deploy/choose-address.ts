import { findPublicUrl, parsePublicUrl } from "../build/public-url.ts";
import { DeployStopped } from "./deployment.ts";
import type { DeployDeps } from "./deployment.ts";
import { findSubdomain } from "./find-account.ts";

interface Asked {
  name: string;
  accountId: string;
  /** Of `--domain`; undefined where it was not given. */
  domain: string | undefined;
  wranglerToml: string;
}

const TELL = "Name it: --domain floom.example.com for a domain of the account, or FLOOM_PUBLIC_URL.";

/**
 * The origin at which the deployment is reached, and the domain to route for it. Without being told it is the account's own
 * below workers.dev, which is there at once and needs no domain.
 */
export async function chooseAddress(
  deps: DeployDeps,
  { name, accountId, domain, wranglerToml }: Asked,
): Promise<{ publicUrl: string; domain: string | null }> {
  if (domain !== undefined) {
    if (!/^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/.test(domain)) {
      throw new DeployStopped(
        `${domain} is no domain.`,
        "Write it without https:// and path: --domain floom.example.com",
      );
    }
    return { publicUrl: `https://${domain}`, domain };
  }
  const told = findPublicUrl({ environment: deps.environment["FLOOM_PUBLIC_URL"], wranglerToml });
  if (told !== null) return { publicUrl: told, domain: null };
  const subdomain = await findSubdomain(deps, accountId);
  if (subdomain !== null) return { publicUrl: `https://${name}.${subdomain}.workers.dev`, domain: null };
  if (deps.ask === null)
    throw new DeployStopped("The account has no name below workers.dev, and no domain was named.", TELL);
  const said = await deps.ask("Address of the edge, e.g. https://floom.example.com: ", "plain");
  return { publicUrl: parsePublicUrl(said), domain: null };
}
