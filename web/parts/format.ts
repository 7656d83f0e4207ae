const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const SECOND_MS = 1000;
const STEPS = [
  { unit: "day", ms: 86_400 * SECOND_MS },
  { unit: "hour", ms: 3_600 * SECOND_MS },
  { unit: "minute", ms: 60 * SECOND_MS },
] as const;

/** How long ago `iso` is at `nowMs`, e.g. `3 minutes ago`; less than a minute is `just now`. */
export function formatAgo(iso: string, nowMs: number): string {
  const agoMs = nowMs - Date.parse(iso);
  const step = STEPS.find(({ ms }) => agoMs >= ms);
  return step === undefined ? "just now" : relative.format(-Math.floor(agoMs / step.ms), step.unit);
}

/** A length of time as people say it: `0.4 s`, `12 s`, `3 min 5 s`. */
export function formatDuration(ms: number): string {
  if (ms < 10 * SECOND_MS) return `${(ms / SECOND_MS).toFixed(1)} s`;
  const seconds = Math.round(ms / SECOND_MS);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

const KIB = 1024;

/** A size in bytes as people read it: `812 B`, `4.1 KiB`, `2.0 MiB`. */
export function formatBytes(bytes: number): string {
  if (bytes < KIB) return `${bytes} B`;
  return bytes < KIB * KIB ? `${(bytes / KIB).toFixed(1)} KiB` : `${(bytes / KIB / KIB).toFixed(1)} MiB`;
}

/** A number with separators, e.g. `20,000`. */
export function formatCount(count: number): string {
  return count.toLocaleString("en-US");
}
