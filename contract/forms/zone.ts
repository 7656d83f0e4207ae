const OFFSET = /^(.*\d)(Z|[+-]\d\d:?\d\d)$/i;
const LOCAL = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d)?/;
const MINUTE_MS = 60_000;

/** A time or date with time as its local part and its zone; the zone is empty where it has none. */
export function splitZone(text: string): { local: string; zone: string } {
  const [, local, zone] = OFFSET.exec(text) ?? [];
  return local === undefined || zone === undefined ? { local: text, zone: "" } : { local, zone };
}

/**
 * The offset of a zone (`Europe/Zurich`, or an offset as it is) at a local date and time, as `+01:00`; UTC is `Z`.
 * Undefined for a zone that nobody knows. An hour that a clock skips or has twice is read with the offset before it.
 */
export function offsetAt(local: string, zone: string): string | undefined {
  if (zone === "" || /^(Z|[+-]\d\d:?\d\d)$/i.test(zone)) return zone;
  if (zone === "UTC") return "Z";
  const [, date, time, seconds = ":00"] = LOCAL.exec(local) ?? [];
  if (date === undefined || time === undefined) return undefined;
  const asUtc = Date.parse(`${date}T${time}${seconds}Z`);
  const first = minutesAt(asUtc, zone);
  if (first === undefined || Number.isNaN(asUtc)) return undefined;
  return written(minutesAt(asUtc - first * MINUTE_MS, zone) ?? first);
}

/** Whether clocks can be read in a zone. Pure. */
export function isKnownZone(zone: string): boolean {
  try {
    return zone !== "" && new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

function minutesAt(time: number, zone: string): number | undefined {
  try {
    const parts = new Intl.DateTimeFormat("en", { timeZone: zone, timeZoneName: "longOffset" });
    const name = parts.formatToParts(time).find(({ type }) => type === "timeZoneName")?.value ?? "";
    const [, sign, hours, minutes = "0"] = /^GMT(?:([+-])(\d+)(?::(\d+))?)?/.exec(name) ?? [];
    const total = Number(hours ?? 0) * 60 + Number(minutes);
    return sign === "-" ? -total : total;
  } catch {
    return undefined;
  }
}

function written(minutes: number): string {
  const pad = (number: number) => String(number).padStart(2, "0");
  const size = Math.abs(minutes);
  return `${minutes < 0 ? "-" : "+"}${pad(Math.floor(size / 60))}:${pad(size % 60)}`;
}
