import { workSessionRoutes } from "#contract/work-sessions/routes";
import type { Api } from "../../api.ts";
import type { CommandContext } from "../../context.ts";
import { sessionOfShell } from "./find-session.ts";

/** Adds a run to the session of the shell, where there is one; that it could not be added is said, and stops nothing. */
export async function addRunToSession(
  { host, output }: CommandContext,
  api: Api,
  run: string,
): Promise<void> {
  const session = sessionOfShell(host);
  if (session === undefined) return;
  try {
    await api.call(workSessionRoutes.addWorkSessionRun, { params: { session, run }, signal: host.interrupt });
  } catch (error) {
    const why = error instanceof Error ? error.message : "it is not known why.";
    output.note(`The run was not added to the session ${session}: ${why}`);
  }
}
