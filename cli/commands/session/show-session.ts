import type { WorkSessionDetail } from "#contract/work-sessions/work-session";
import { formatAgo } from "#contract/words";
import type { CommandContext } from "../../context.ts";

/** Prints a session with its newest notes and runs. */
export function showSession({ output, json, host }: CommandContext, session: WorkSessionDetail): void {
  if (json) {
    output.document(session);
    return;
  }
  const { id, name, status, started_at, last_seen_at, end_message, notes, runs } = session;
  const now = host.now();
  output.line(`${name} (${id}): ${status}`);
  output.line(`Begun ${formatAgo(started_at, now)}, last heard of ${formatAgo(last_seen_at, now)}.`);
  if (end_message !== null) output.line(end_message);
  for (const { note, created_at } of notes) output.line(`- ${note} (${formatAgo(created_at, now)})`);
  if (runs.length === 0) return;
  output.table(
    ["RUN", "WORKER", "STATUS", "ADDED"],
    runs.map(({ run_id, worker, status: is, added_at }) => [run_id, worker, is, formatAgo(added_at, now)]),
  );
}
