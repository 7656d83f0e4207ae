/** Headers by which servers take another method than the one that was sent; CGI reads an underscore as a hyphen. */
const HEADERS = new Set(["x-http-method-override", "x-http-method", "x-method-override"]);
/** The same as a field of a query or of a form: `_method`, also as a list. */
const FIELD = /^_(?:http)?method(?:\W|$)/;

/** Whether a header's name stands for the method of the request. Pure. */
export function isMethodHeader(name: string): boolean {
  return HEADERS.has(name.trim().toLowerCase().replaceAll("_", "-"));
}

/** Whether a field's name does, in a query, a form or the top of a body. Pure. */
export function isMethodField(name: string): boolean {
  return FIELD.test(name.trim().toLowerCase()) || isMethodHeader(name);
}

/** The first name in a request that would make another method of its own; null for none. Pure. */
export function findMethodOverride(request: {
  headers: readonly (readonly [string, string])[];
  query: readonly (readonly [string, string])[];
  /** Names at the top of the body. */
  fields: readonly string[];
}): string | null {
  const header = request.headers.find(([name]) => isMethodHeader(name))?.[0];
  const field = [...request.query.map(([name]) => name), ...request.fields].find(isMethodField);
  return header ?? field ?? null;
}
