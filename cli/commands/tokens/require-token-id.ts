import { tokenIdSchema } from "#contract/ids";
import { usageError } from "../../cli-error.ts";

/** Refuses what is no id of a token before a server's log could keep it: it may be the token itself. Pure. */
export function requireTokenId(text: string): string {
  if (text === "current" || tokenIdSchema.safeParse(text).success) return text;
  throw usageError(
    "This is no id of a token: that begins with tok_.",
    "floom tokens list shows them. A token that was typed here is in your shell's history: revoke it.",
  );
}
