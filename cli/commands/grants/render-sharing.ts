import type { WorkerSharing } from "#contract/members/member";
import type { CommandContext } from "../../context.ts";

/** Shows who sees a worker and what was granted, for people or as JSON. */
export function renderSharing({ output, json }: CommandContext, sharing: WorkerSharing): void {
  if (json) {
    output.document(sharing);
    return;
  }
  const who = sharing.visibility === "private" ? "its maker, admins and those below see it" : "all see it";
  output.line(`${sharing.visibility}: ${who}`);
  if (sharing.grants.length === 0) return;
  output.table(
    ["MEMBER", "MAY", "ID"],
    sharing.grants.map(({ email, grants, user_id }) => [email, grants.join(", "), user_id]),
  );
}
