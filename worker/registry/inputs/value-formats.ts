interface ValueFormat {
  test: (value: string) => boolean;
  /** Reads after "must be". */
  what: string;
}

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

const url: ValueFormat = { test: isHttpUrl, what: "a web address with http:// or https://" };
const dateTime: ValueFormat = { test: isDateTime, what: "a date and time such as 2026-01-31T09:30:00Z" };

/** Rules for text by the name that `format` takes in worker.yml; names as in JSON Schema, plus slug. */
const valueFormats: Readonly<Record<string, ValueFormat>> = {
  email: { test: isEmail, what: "an e-mail address" },
  url,
  uri: url,
  uuid: { test: matches(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i), what: "a UUID" },
  date: { test: isDay, what: "a date such as 2026-01-31" },
  time: { test: matches(TIME), what: "a time such as 09:30" },
  "date-time": dateTime,
  datetime: dateTime,
  hostname: {
    test: matches(
      /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i,
    ),
    what: "a host name",
  },
  ipv4: { test: isIpv4, what: "an IPv4 address" },
  ipv6: {
    test: (value) => value.includes(":") && URL.canParse(`http://[${value}]/`),
    what: "an IPv6 address",
  },
  slug: { test: matches(/^[a-z0-9]+(-[a-z0-9]+)*$/), what: "lower-case words joined by hyphens" },
};

export const valueFormatNames: readonly string[] = Object.keys(valueFormats);

/** Why `value` does not fit the format ("must be an e-mail address"); null when it does or the format is unknown. */
export function formatProblem(format: string, value: string): string | null {
  const known = Object.hasOwn(valueFormats, format) ? valueFormats[format] : undefined;
  return known === undefined || known.test(value) ? null : `must be ${known.what}`;
}
