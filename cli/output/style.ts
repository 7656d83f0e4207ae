import { randomUUID } from "node:crypto";
import type { Host, Sink } from "../host.ts";

/**
 * What our own colours begin with until they are written. Nobody outside this process can know it, so no text from a
 * script, a manifest or a server can pass for ours: the output turns these marks into colours and disarms all else.
 */
const MARK = `\u001B${randomUUID()}`;
const markedSequence = new RegExp(`${MARK}(\\[[\\d;]*m)`, "g");

/** Ways to show a text, each of which gives it back with the marks of that way around it. */
export interface Style {
  bold: (text: string) => string;
  dim: (text: string) => string;
  red: (text: string) => string;
  green: (text: string) => string;
  yellow: (text: string) => string;
  cyan: (text: string) => string;
}

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
  const around = (open: number, close: number) =>
    wantsColor(env, sink)
      ? (text: string) => `${markColour(`[${open}m`)}${text}${markColour(`[${close}m`)}`
      : (text: string) => text;
  return {
    bold: around(1, 22),
    dim: around(2, 22),
    red: around(31, 39),
    green: around(32, 39),
    yellow: around(33, 39),
    cyan: around(36, 39),
  };
}

/** A colour sequence without its escape, e.g. `[31m`, as one of ours. */
export function markColour(sequence: string): string {
  return `${MARK}${sequence}`;
}

/** The text in pieces: what is said, and between two of them the colour sequence of ours that stands there. */
export function splitAtMarks(text: string): { said: string; colour: string }[] {
  const parts = text.split(markedSequence);
  return Array.from({ length: Math.ceil(parts.length / 2) }, (_, index) => ({
    said: parts[index * 2] ?? "",
    colour: parts[index * 2 + 1] ?? "",
  }));
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== "";
}
