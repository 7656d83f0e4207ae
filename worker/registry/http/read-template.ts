import type { Json } from "#contract/json";

/** A piece of a template: text as it stands, the value of a parameter, or a secret by its name. */
export type TemplatePart =
  { kind: "text"; text: string } | { kind: "value"; name: string } | { kind: "secret"; name: string };

const PLACEHOLDER = /\{\{([^\s{}]+)\}\}/g;
const SECRET = "secret:";
const VARIABLE = "var:";

/** The pieces of a template, from left to right; what a value holds is never read as one. Pure. */
export function readTemplate(template: string): TemplatePart[] {
  const parts: TemplatePart[] = [];
  let from = 0;
  for (const match of template.matchAll(PLACEHOLDER)) {
    const [whole, name = ""] = match;
    if (match.index > from) parts.push({ kind: "text", text: template.slice(from, match.index) });
    parts.push(
      name.startsWith(SECRET) ? { kind: "secret", name: name.slice(SECRET.length) } : { kind: "value", name },
    );
    from = match.index + whole.length;
  }
  if (from < template.length) parts.push({ kind: "text", text: template.slice(from) });
  return parts;
}

/** The template with the values of variables in their places; a parameter's name wins over a variable's. Pure. */
export function fillVariables(
  template: string,
  { variables, parameters }: { variables: Readonly<Record<string, string>>; parameters: readonly string[] },
): string {
  return template.replaceAll(PLACEHOLDER, (whole, name: string) => {
    const isVariable = name.startsWith(VARIABLE) || !parameters.includes(name);
    const key = name.startsWith(VARIABLE) ? name.slice(VARIABLE.length) : name;
    return isVariable && Object.hasOwn(variables, key) ? (variables[key] ?? "") : whole;
  });
}

/** Every text of a body's template; names of its members are no templates. Pure. */
export function textsOf(template: Json): string[] {
  if (typeof template === "string") return [template];
  if (typeof template !== "object" || template === null) return [];
  return Object.values(template).flatMap(textsOf);
}

/** The same template with each of its texts changed. Pure. */
export function changeTexts(template: Json, change: (text: string) => string): Json {
  if (typeof template === "string") return change(template);
  if (typeof template !== "object" || template === null) return template;
  if (Array.isArray(template)) return template.map((item) => changeTexts(item, change));
  return Object.fromEntries(
    Object.entries(template).map(([key, value]) => [key, changeTexts(value, change)]),
  );
}
