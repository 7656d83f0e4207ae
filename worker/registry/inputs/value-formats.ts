import { isValueFormatName, valueFormats } from "#contract/manifest/value-types";
import type { ValueFormatName } from "#contract/manifest/value-types";

const matches = (pattern: RegExp) => (value: string) => pattern.test(value);

/** The length limit (RFC 5321) comes first: the pattern would take a long time over a very long text. */
function isEmail(value: string): boolean {
  return value.length <= 254 && /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value);
}

function isHttpUrl(value: string): boolean {
  const url = URL.canParse(value) ? new URL(value) : null;
  return url !== null && (url.protocol === "http:" || url.protocol === "https:") && !/\s/.test(value);
}

/** A calendar day that exists: Date would carry 31 February over into March. */
function isDay(value: string): boolean {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(value);
  if (parts === null) return false;
  const at = Date.parse(`${value}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().slice(0, 10) === value;
}

const TIME = /^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?$/;

function isDateTime(value: string): boolean {
  const [day = "", rest = ""] = value.split(/[T ]/);
  const time = rest.replace(/(Z|[+-]\d{2}:\d{2})$/, "");
  return isDay(day) && TIME.test(time);
}

function isIpv4(value: string): boolean {
  const parts = value.split(".");
  return parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255);
}

const tests: Record<ValueFormatName, (value: string) => boolean> = {
  email: isEmail,
  url: isHttpUrl,
  uri: isHttpUrl,
  uuid: matches(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i),
  date: isDay,
  time: matches(TIME),
  "date-time": isDateTime,
  datetime: isDateTime,
  hostname: matches(
    /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i,
  ),
  ipv4: isIpv4,
  ipv6: (value) => value.includes(":") && URL.canParse(`http://[${value}]/`),
  slug: matches(/^[a-z0-9]+(-[a-z0-9]+)*$/),
};

/** Why `value` does not fit the format ("must be an e-mail address"); null when it does or the format is unknown. */
export function formatProblem(format: string, value: string): string | null {
  if (!isValueFormatName(format) || tests[format](value)) return null;
  return `must be ${valueFormats[format]}`;
}
