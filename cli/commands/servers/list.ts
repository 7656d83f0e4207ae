import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { readServers, withSingle } from "../../servers.ts";
import type { listServersSpec } from "./specs.ts";

/** Lists the sign-ins, never their tokens. */
export const run: Run<typeof listServersSpec> = async ({ output, json, host }) => {
  const { servers, current } = withSingle(readServers(host));
  const shown = servers.map(({ name, api_url, workspace_id, workspace_name, expires_at }) => {
    return { name, api_url, workspace_id, workspace_name, expires_at, current: name === current };
  });
  if (json) output.document(shown);
  else if (shown.length === 0)
    output.note("There is no sign-in. The Floom of this machine needs none; for another: floom login");
  else {
    output.table(
      ["", "NAME", "SERVER", "WORKSPACE", "TOKEN ENDS"],
      shown.map((server) => [
        server.current ? "*" : "",
        server.name,
        server.api_url,
        server.workspace_name ?? "-",
        server.expires_at?.slice(0, 10) ?? "-",
      ]),
    );
  }
  return exitCodes.ok.code;
};
