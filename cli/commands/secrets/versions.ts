import { secretRoutes } from "#contract/secrets/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { secretVersionsSpec } from "./specs.ts";

/** Shows a secret's versions, newest first. */
export const run: Run<typeof secretVersionsSpec> = async (context, { args }) => {
  const { output, json } = context;
  const api = await context.api();
  const versions = await api.call(secretRoutes.listSecretVersions, { params: { secret: args.secret } });
  if (json) output.document(versions);
  else {
    output.table(
      ["VERSION", "SET", "BY", "REPLACED"],
      versions.map(({ version, created_at, created_by, retired_at }) => [
        String(version),
        created_at,
        created_by,
        retired_at ?? "-",
      ]),
    );
  }
  return exitCodes.ok.code;
};
