const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const KIB = 1024;

/** How long something took, e.g. `340 ms`, `2.4 s`, `3 min 20 s`, `1 h 5 min`. */
export function formatDuration(ms: number): string {
  if (ms < SECOND) return `${Math.round(ms)} ms`;
  if (ms < MINUTE) return `${(Math.floor(ms / 100) / 10).toFixed(1)} s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min ${Math.floor((ms % MINUTE) / SECOND)} s`;
  return `${Math.floor(ms / HOUR)} h ${Math.floor((ms % HOUR) / MINUTE)} min`;
}

/** How long ago something was, e.g. `just now`, `5 min ago`, `3 days ago`; the date itself after a month. */
export function formatAgo(isoTime: string, nowMs: number): string {
  const agoMs = nowMs - Date.parse(isoTime);
  if (agoMs < 5 * SECOND) return "just now";
  if (agoMs < MINUTE) return `${Math.floor(agoMs / SECOND)} s ago`;
  if (agoMs < HOUR) return `${Math.floor(agoMs / MINUTE)} min ago`;
  if (agoMs < DAY) return `${Math.floor(agoMs / HOUR)} h ago`;
  const days = Math.floor(agoMs / DAY);
  if (days > 30) return isoTime.slice(0, 10);
  return days === 1 ? "1 day ago" : `${days} days ago`;
}

/** A size, e.g. `12 B`, `3.4 KiB`, `5 MiB`. */
export function formatBytes(bytes: number): string {
  if (bytes < KIB) return `${bytes} B`;
  const inKib = bytes < KIB * KIB;
  const number = bytes / (inKib ? KIB : KIB * KIB);
  return `${number.toFixed(1).replace(/\.0$/, "")} ${inKib ? "KiB" : "MiB"}`;
}

/** A count with its noun, e.g. `1 file`, `3 files`. */
export function formatCount(count: number, noun: string): string {
  return `${count.toLocaleString("en-US")} ${noun}${count === 1 ? "" : "s"}`;
}

/** A value of an input or output as people read it: texts as they are, everything else as JSON. */
export function formatValue(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
