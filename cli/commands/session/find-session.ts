import { workSessionRoutes } from "#contract/work-sessions/routes";
import type { Api } from "../../api.ts";
import { CliError } from "../../cli-error.ts";
import type { Host } from "../../host.ts";

const LOOKED_AT = 50;

/** The session of this shell, as FLOOM_SESSION names it; undefined where that is not set. */
export function sessionOfShell({ env }: Pick<Host, "env">): string | undefined {
  const named = env["FLOOM_SESSION"]?.trim();
  return named === "" ? undefined : named;
}

/** Which session is meant: the one that is named, that of the shell, or the newest active one. Throws where there is none. */
export async function findSession(api: Api, host: Host, named: string | undefined): Promise<string> {
  const given = named ?? sessionOfShell(host);
  if (given !== undefined) return given;
  const { sessions } = await api.call(workSessionRoutes.listWorkSessions, { query: { limit: LOOKED_AT } });
  const active = sessions.find(({ status }) => status === "active");
  if (active !== undefined) return active.id;
  throw new CliError("No session is active.", {
    exit: "notFound",
    code: "no_active_session",
    hint: "Begin one with floom session start, or name one: floom session list.",
  });
}
