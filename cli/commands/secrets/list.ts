import { secretRoutes } from "#contract/secrets/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { listSecretsSpec } from "./specs.ts";

/** Lists the workspace's secrets and those that its workers miss. */
export const run: Run<typeof listSecretsSpec> = async (context) => {
  const { output, json } = context;
  const api = await context.api();
  const secrets = await api.call(secretRoutes.listSecrets);
  if (json) output.document(secrets);
  else if (secrets.length === 0) output.note("There is none. Set one with: floom secrets set NAME");
  else {
    output.table(
      ["SECRET", "STATUS", "VERSION", "KEPT TO", "HOSTS", "USED BY", "LAST USED"],
      secrets.map((secret) => [
        secret.name,
        secret.status,
        secret.version === null ? "-" : String(secret.version),
        secret.workers?.join(", ") ?? "-",
        secret.hosts.join(", ") || "-",
        secret.used_by.join(", ") || "-",
        secret.last_used_at ?? "-",
      ]),
    );
  }
  return exitCodes.ok.code;
};
