/** What a custom answer may speak of. `run` and `outputs` are empty where no run was waited for. */
export interface TemplateValues {
  run: Record<string, unknown>;
  delivery: Record<string, unknown>;
  outputs: Record<string, unknown>;
  payload: unknown;
}

/**
 * Replaces `{{run.id}}`, `{{outputs.name}}`, `{{payload.a.b}}` and the like. Text goes in as it is, anything else as
 * JSON, what does not exist as nothing. In a JSON answer text is escaped so that it fits between quotes, in XML so that
 * it is no markup.
 */
export function fillTemplate(template: string, values: TemplateValues, contentType: string): string {
  return template.replaceAll(/\{\{\s*([a-z]+(?:\.[A-Za-z0-9_-]+)+)\s*\}\}/g, (_, path: string) =>
    show(lookUp(values, path.split(".")), contentType),
  );
}

function lookUp(root: unknown, path: readonly string[]): unknown {
  let value: unknown = root;
  for (const name of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
    value = Reflect.get(value, name);
  }
  return value;
}

const entities: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

function show(value: unknown, contentType: string): string {
  if (value === undefined || value === null)
    return contentType === "application/json" && value === null ? "null" : "";
  const isText = typeof value === "string";
  const text = isText ? value : JSON.stringify(value);
  if (contentType === "application/json") return isText ? JSON.stringify(text).slice(1, -1) : text;
  if (contentType.endsWith("/xml")) return text.replaceAll(/[&<>"']/g, (char) => entities[char] ?? char);
  return text;
}
