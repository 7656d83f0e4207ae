import { usageError } from "../cli-error.ts";

/** `--overlap` as the API takes it; nothing where it was not given. Throws for what is no whole number of seconds. */
export function readOverlap(text: string | undefined): { overlap_seconds?: number } {
  if (text === undefined) return {};
  const seconds = Number(text);
  if (Number.isInteger(seconds) && seconds >= 0) return { overlap_seconds: seconds };
  throw usageError(`--overlap ${text} is not a whole number of seconds.`);
}
