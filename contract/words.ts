import type { FailureKind } from "./runs/run-failure.ts";

// What page and command line say in the same words.

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const KIB = 1024;
const MIB = KIB * KIB;

/** How long something took, from milliseconds: `340 ms`, `2.4 s`, `3 min 20 s`, `1 h 5 min`. */
export function formatDuration(ms: number): string {
  if (ms < SECOND) return `${Math.round(ms)} ms`;
  if (ms < MINUTE) return `${(Math.floor(ms / 100) / 10).toFixed(1)} s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min ${Math.floor((ms % MINUTE) / SECOND)} s`;
  return `${Math.floor(ms / HOUR)} h ${Math.floor((ms % HOUR) / MINUTE)} min`;
}

/**
 * How long ago an ISO time was at `nowMs`: `just now` for a minute, `5 min ago`, `3 days ago`; the date itself after a
 * month.
 */
export function formatAgo(isoTime: string, nowMs: number): string {
  const agoMs = nowMs - Date.parse(isoTime);
  if (agoMs < MINUTE) return "just now";
  if (agoMs < HOUR) return `${Math.floor(agoMs / MINUTE)} min ago`;
  if (agoMs < DAY) return `${Math.floor(agoMs / HOUR)} h ago`;
  const days = Math.floor(agoMs / DAY);
  if (days > 30) return isoTime.slice(0, 10);
  return days === 1 ? "1 day ago" : `${days} days ago`;
}

/** A size: `12 B`, `3.4 KiB`, `5 MiB`. */
export function formatBytes(bytes: number): string {
  if (bytes < KIB) return `${bytes} B`;
  const [size, unit] = bytes < MIB ? [bytes / KIB, "KiB"] : [bytes / MIB, "MiB"];
  return `${size.toFixed(1).replace(/\.0$/, "")} ${unit}`;
}

/** A count with its noun: `1 file`, `20,000 lines`. */
export function formatCount(count: number, noun: string): string {
  return `${count.toLocaleString("en-US")} ${noun}${count === 1 ? "" : "s"}`;
}

/** Whose turn it is when a run did not complete: in a few words, and as a sentence ("" where there is none to say). */
export const whoseTurn: Readonly<Record<FailureKind, { short: string; sentence: string }>> = {
  worker: { short: "the worker's code", sentence: "This is in the worker’s own code or manifest." },
  limit: { short: "a limit", sentence: "A limit was reached." },
  policy: { short: "a rule of the workspace", sentence: "A rule of this workspace does not allow it." },
  cancelled: { short: "cancelled", sentence: "" },
  platform: {
    short: "the platform, not the worker",
    sentence: "This is a fault of the platform, not of the worker.",
  },
};

/** What came of a question that a run asked people, or of its wait for something from outside. */
export const answers = {
  approval: {
    pending: "not decided yet",
    approved: "approved",
    rejected: "rejected",
    expired: "nobody decided in time",
  },
  await_external: {
    pending: "it has not come yet",
    approved: "it came",
    rejected: "refused",
    expired: "it did not come in time",
  },
} as const;

/** The words as the beginning of a sentence. */
export function beginSentence(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
