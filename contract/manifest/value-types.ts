/** What a scalar field may hold, by the name that `type` takes in worker.yml. */
interface ValueTypeFacts {
  /** What the worker gets in inputs.json. */
  json: "text" | "number" | "boolean" | "object" | "array" | "any JSON";
  /** What is taken and how it is converted, for people. */
  takes: string;
}

const text = (takes: string): ValueTypeFacts => ({ json: "text", takes });
const plainText = "Text. A number or truth value becomes text.";

/** Every type of a scalar field. Another name is treated as text, with a warning when the worker is pushed. */
export const valueTypes = {
  string: text(plainText),
  text: text(plainText),
  textarea: text(`${plainText} Shown with several lines.`),
  markdown: text(`${plainText} Shown as Markdown.`),
  code: text(`${plainText} Shown as code.`),
  password: text(
    `${plainText} Hidden while it is typed; it is kept in the run's record, so use a secret for secrets.`,
  ),
  color: text(plainText),
  select: text(
    "One of the options. It counts as chosen when it reads the same: the text 3 chooses the number 3.",
  ),
  url: text("A web address with http:// or https://."),
  email: text("An e-mail address."),
  date: text("A day that exists, such as 2026-01-31."),
  time: text("A time such as 09:30 or 09:30:15."),
  datetime: text("A date and time such as 2026-01-31T09:30:00Z; the zone may be left out."),
  number: { json: "number", takes: 'A number, or text that is one in decimal: "3", "-1.5", "2e3".' },
  integer: { json: "number", takes: "The same, whole and between -(2^53 - 1) and 2^53 - 1." },
  boolean: {
    json: "boolean",
    takes: "true or false, or in any case the words true, yes, on, 1, false, no, off, 0.",
  },
  json: {
    json: "any JSON",
    takes: "Any JSON value. A text stays a text, except one that begins with { or [, which is read as JSON.",
  },
  object: { json: "object", takes: "A JSON object, or text that is one." },
  array: {
    json: "array",
    takes: "A JSON array, or text that is one. With options: each item must be one of them.",
  },
} as const satisfies Record<string, ValueTypeFacts>;

export type ValueTypeName = keyof typeof valueTypes;

export function isValueTypeName(name: string): name is ValueTypeName {
  return Object.hasOwn(valueTypes, name);
}

/** Rules for text by the name that `format` takes; each reads after "must be". Names as in JSON Schema, plus slug. */
export const valueFormats = {
  email: "an e-mail address",
  url: "a web address with http:// or https://",
  uri: "a web address with http:// or https://",
  uuid: "a UUID",
  date: "a date such as 2026-01-31",
  time: "a time such as 09:30",
  "date-time": "a date and time such as 2026-01-31T09:30:00Z",
  datetime: "a date and time such as 2026-01-31T09:30:00Z",
  hostname: "a host name",
  ipv4: "an IPv4 address",
  ipv6: "an IPv6 address",
  slug: "lower-case words joined by hyphens",
} as const satisfies Record<string, string>;

export type ValueFormatName = keyof typeof valueFormats;

export function isValueFormatName(name: string): name is ValueFormatName {
  return Object.hasOwn(valueFormats, name);
}
