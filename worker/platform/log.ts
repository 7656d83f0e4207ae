export type LogFields = Record<string, string | number | boolean | null | undefined>;

/**
 * Writes one JSON line per event worth a line. `event` is a stable name such as `request` or `run.ended`.
 * Never pass a secret, a token or a person's input: nothing is redacted after this point.
 */
export function log(level: "info" | "warn" | "error", event: string, fields: LogFields = {}): void {
  const line = JSON.stringify({ level, event, ...fields });
  if (level === "error") console.error(line);
  else console.log(line);
}

/** What drizzle says of a query that failed ends with the query's values, which may be anybody's input. */
const QUERY_VALUES = "\nparams: ";

/** An unknown thrown value as one line for the log. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? "" : ` <- ${describeError(error.cause)}`;
  const [message = ""] = error.message.split(QUERY_VALUES, 1);
  return `${error.name}: ${message}${cause}`;
}
