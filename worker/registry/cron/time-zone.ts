/**
 * The names without a slash that the IANA database has. JavaScript takes more of them, with meanings of an old library
 * that surprise: BST is Dhaka there, AST is Anchorage.
 */
const PLAIN_NAMES = new Set(
  `cet cst6cdt cuba eet egypt eire est est5edt gb gb-eire gmt gmt+0 gmt-0 gmt0 greenwich hongkong hst iceland iran
  israel jamaica japan kwajalein libya met mst mst7mdt navajo nz nz-chat poland portugal prc pst8pdt roc rok singapore
  turkey uct universal utc w-su wet zulu`.split(/\s+/),
);

/** Whether this is an IANA time zone. Names only: offsets such as +02:00 do not follow daylight saving. */
export function isTimeZone(zone: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+)*$/.test(zone)) return false;
  if (!zone.includes("/") && !PLAIN_NAMES.has(zone.toLowerCase())) return false;
  if (/^(?:systemv|posix|right)\//i.test(zone)) return false;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}
