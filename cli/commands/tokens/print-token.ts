import type { CreatedToken } from "#contract/tokens/token";
import type { CommandContext } from "../../context.ts";

/** Prints a new token: alone on standard output, so that a script can take it; the rest beside it. */
export function printToken({ output, json }: CommandContext, created: CreatedToken): void {
  if (json) {
    output.document(created);
    return;
  }
  output.line(created.token);
  output.note(`${created.id} ${created.name}: ${created.scopes.join(", ")}`);
  output.note(
    `It ends on ${created.expires_at?.slice(0, 10) ?? "no day"}. Keep it now: it is shown this once.`,
  );
}
