/**
 * The server's own log: one line per event on standard error, so that standard output carries nothing but
 * the ready line. Never pass tokens, environment values or request bodies.
 */
export function log(event: string, fields: Record<string, unknown> = {}): void {
  const parts = Object.entries(fields).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  console.error(["sandbox", event, ...parts].join(" "));
}
