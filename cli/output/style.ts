import picocolors from "picocolors";
import type { Host, Sink } from "../host.ts";

export type Style = ReturnType<typeof picocolors.createColors>;

/**
 * Whether to colour what goes to a sink: `NO_COLOR` forbids, `FORCE_COLOR` demands, else a terminal that is neither
 * `dumb` nor a CI's. Sources: https://no-color.org and https://force-color.org.
 */
export function wantsColor(env: Host["env"], sink: Pick<Sink, "isTerminal">): boolean {
  if (isSet(env["NO_COLOR"])) return false;
  const forced = env["FORCE_COLOR"];
  if (isSet(forced)) return forced !== "0" && forced !== "false";
  return isLively(env, sink);
}

/** Whether a line may be drawn and redrawn there: a person's terminal. */
export function isLively(env: Host["env"], sink: Pick<Sink, "isTerminal">): boolean {
  return sink.isTerminal && env["TERM"] !== "dumb" && !isSet(env["CI"]);
}

/** Colour functions for a sink; they hand the text through when it wants none. */
export function openStyle(env: Host["env"], sink: Pick<Sink, "isTerminal">): Style {
  return picocolors.createColors(wantsColor(env, sink));
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== "";
}
