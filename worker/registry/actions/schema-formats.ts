import { formatProblem } from "../inputs/value-formats.ts";
import { isTimeZone } from "../cron/time-zone.ts";

const ISO_DURATION =
  /^-?P(?=[\dT])(?:\d+(?:\.\d+)?W)?(?:\d+(?:\.\d+)?D)?(?:T(?=\d)(?:\d+(?:\.\d+)?H)?(?:\d+(?:\.\d+)?M)?(?:\d+(?:\.\d+)?S)?)?$/;
const ZONE = /(?:[Zz]|[+-]\d{2}:?\d{2})$/;

/** Why a text is not of a schema's format ("must be a date such as ..."); null when it is, or nobody knows the format. Pure. */
export function schemaFormatProblem(format: string, value: string): string | null {
  switch (format) {
    case "time":
      return formatProblem("time", value.replace(ZONE, ""));
    case "date-time":
      return formatProblem("date-time", value.replace(/z$/, "Z").replace(/t/, "T"));
    case "duration":
      return ISO_DURATION.test(value) ? null : "must be a duration such as PT1H30M or P2D";
    case "time-zone":
      return isTimeZone(value) ? null : "must be a time zone such as Europe/Berlin";
    case "uri":
      return URL.canParse(value) ? null : "must be a web address such as https://example.com";
    default:
      return formatProblem(format, value);
  }
}
