const DAY_MS = 86_400_000;
const CACHED_ZONES = 64;
const CACHED_DAYS = 4000;

interface ZoneMemory {
  format: Intl.DateTimeFormat;
  days: Map<number, number>;
}

/** What was computed before. The same question always has the same answer, so that this is memory and no state. */
const zones = new Map<string, ZoneMemory>();

function recall(zone: string): ZoneMemory {
  const known = zones.get(zone);
  if (known) return known;
  if (zones.size >= CACHED_ZONES) zones.clear();
  const format = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "longOffset" });
  const memory = { format, days: new Map<number, number>() };
  zones.set(zone, memory);
  return memory;
}

/** How far the zone's wall clock is ahead of UTC at an instant, milliseconds. `zone` must be an IANA name. */
export function zoneOffsetMs(zone: string, atMs: number): number {
  const text = recall(zone).format.format(atMs);
  const found = /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(text);
  if (!found) throw new Error(`the offset of ${zone} cannot be read from "${text}"`);
  const [, sign, hours = "0", minutes = "0", seconds = "0"] = found;
  const size = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000;
  return sign === "-" ? -size : size;
}

/** A zone's offset from UTC, in milliseconds, at the beginning of the UTC day that holds `atMs`. */
export function zoneOffsetOfDayMs(zone: string, atMs: number): number {
  const { days } = recall(zone);
  const day = Math.floor(atMs / DAY_MS);
  const known = days.get(day);
  if (known !== undefined) return known;
  if (days.size >= CACHED_DAYS) days.clear();
  const offset = zoneOffsetMs(zone, day * DAY_MS);
  days.set(day, offset);
  return offset;
}
