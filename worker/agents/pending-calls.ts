import { parseJson } from "#contract/json";
import type { PendingCall } from "./agent-storage.ts";
import type { WantedCall } from "./models/model-api.ts";

/** So much the arguments of one turn's calls may take together; the gate takes as much for one call. */
const ARGUMENTS_CHARACTERS = 256 * 1024;
/** So many calls of one turn are made; a turn is one value in storage, and has to fit into it. */
const MOST_CALLS_A_TURN = 64;

/**
 * The calls of a turn as they will be made. What is too much to be kept is no part of it: the first call beyond the most is
 * answered with why, and those after it are not there. Pure.
 */
export function listPending(calls: readonly WantedCall[], turn: number): PendingCall[] {
  let left = ARGUMENTS_CHARACTERS;
  return calls.slice(0, MOST_CALLS_A_TURN + 1).map((call, at) => {
    const { id, tool, input } = call;
    left -= input.length;
    const read = at < MOST_CALLS_A_TURN ? readArguments(input, left) : tooMany(calls.length);
    return { call_id: `t${turn}c${at + 1}`, id, tool, ...read };
  });
}

type Read = Pick<PendingCall, "arguments" | "fault">;

const faulty = (fault: string): Read => ({ arguments: {}, fault });

function tooMany(wanted: number): Read {
  const rest = `of the ${wanted} calls of this turn the first ${MOST_CALLS_A_TURN} are made, the others are not.`;
  return faulty(`too_many_calls: ${rest}`);
}

function readArguments(input: string, left: number): Read {
  if (left < 0) {
    const most = `${ARGUMENTS_CHARACTERS} characters`;
    return faulty(`arguments_invalid: the arguments of one turn's calls take more than ${most} together.`);
  }
  try {
    return { arguments: parseJson(input.trim() === "" ? "{}" : input), fault: null };
  } catch {
    return faulty("arguments_invalid: the arguments are no JSON. Write one JSON object.");
  }
}
