import { readFileSync, writeFileSync } from "node:fs";
import { inRoot } from "../checkout.ts";
import type { Deployment } from "./deployment.ts";

/**
 * wrangler.toml as this account needs it, in a file of its own that is not part of the project: its database's id, its
 * names and its domain. Pure.
 */
export function buildConfig(wranglerToml: string, deployment: Deployment, databaseId: string): string {
  const { name, account, publicUrl, domain } = deployment;
  const replaced = wranglerToml
    .replace(/^name = ".*"$/m, `name = "${name}"\naccount_id = "${account.id}"`)
    .replace(/^FLOOM_PUBLIC_URL = ".*"$/m, `FLOOM_PUBLIC_URL = "${publicUrl}"`)
    .replace(/^database_name = ".*"$/m, `database_name = "${name}"`)
    .replace(/^database_id = ".*"$/m, `database_id = "${databaseId}"`)
    .replace(/^bucket_name = ".*"$/m, `bucket_name = "${name}-files"`);
  const routes = domain === null ? "" : `\n[[routes]]\npattern = "${domain}"\ncustom_domain = true\n`;
  return `# Written by npm run deploy; changes are lost. What it is made from is wrangler.toml.\n${replaced}${routes}`;
}

/** Beside wrangler.toml, because paths in it are meant from there. */
export const configFile = "wrangler.deployed.toml";

export function writeConfig(deployment: Deployment, databaseId: string): void {
  const config = buildConfig(readFileSync(inRoot("wrangler.toml"), "utf8"), deployment, databaseId);
  writeFileSync(inRoot(configFile), config);
}
