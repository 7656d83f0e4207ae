import * as z from "zod";
import { CliError } from "../../cli-error.ts";

/** So much of a page that answered in a server's place is shown. */
const MOST_SHOWN = 200;
/** What the client's own errors say besides: the answer that was none of the protocol, or what lies behind them. */
const told = z.object({
  data: z.object({
    status: z.number().optional(),
    text: z.string().nullish(),
    cause: z.unknown().optional(),
  }),
});

/** Why a server cannot be asked, in a sentence. Pure. */
export function explainProbe(error: unknown): CliError {
  const { status, text } = told.safeParse(error).data?.data ?? {};
  const isClosed = status === 401 || status === 403;
  const page = text ? `: ${text.slice(0, MOST_SHOWN)}${text.length > MOST_SHOWN ? "…" : ""}` : "";
  const why = status === undefined ? explainCauses(error) : `it answers ${status}${isClosed ? "" : page}`;
  return new CliError(`The server cannot be asked: ${why}`, {
    exit: isClosed ? "auth" : "unavailable",
    code: "probe_failed",
    ...(isClosed ? { hint: "It wants a token: name the variable that holds one with --token-from." } : {}),
    cause: error,
  });
}

/** What lies at the bottom of it: what stands above only says that something went wrong. */
function explainCauses(error: unknown): string {
  let last = error;
  for (
    let next: unknown = error;
    next instanceof Error;
    next = next.cause ?? told.safeParse(next).data?.data.cause
  )
    last = next;
  if (last instanceof z.core.$ZodError) return "what it answers is no message of MCP.";
  return last instanceof Error ? last.message : String(last);
}
