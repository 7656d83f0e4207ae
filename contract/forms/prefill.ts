import { readGivenJson } from "../json.ts";
import type { Json } from "../json.ts";
import { childName, gatherEntries } from "./form.ts";
import type { FieldOf, FormField, FormModel } from "./form.ts";
import { findOption } from "./read-form.ts";
import { entriesOf } from "./write-entries.ts";

/**
 * The form's entries, filled in from an address: `?city=Bern&tags=a&tags=b`; lists and objects as JSON. Passwords and
 * files are never taken from an address, and what no field is called is ignored.
 */
export function prefill(
  form: FormModel,
  query: Iterable<readonly [string, string]>,
  defaults?: Json,
): Map<string, string[]> {
  const given = gatherEntries(query);
  const named = form.root.fields.flatMap((field) => {
    const texts = given.get(field.name);
    const value = texts === undefined ? undefined : valueOf(field, texts);
    return value === undefined ? [] : [[field, value, texts ?? []] as const];
  });
  const values = Object.fromEntries(named.map(([field, value]) => [field.name, value]));
  const base = typeof defaults === "object" && !Array.isArray(defaults) ? defaults : {};
  const entries = entriesOf(form, { ...base, ...values }, true);
  // What is no value of the field's type stays as it was written, and reading it says what is wrong.
  for (const [field, , texts] of named) {
    if (field.kind === "number" || field.kind === "slider")
      entries.set(childName("", field.name), [...texts]);
  }
  return entries;
}

function valueOf(field: FormField, texts: readonly string[]): Json | undefined {
  const last = texts.at(-1) ?? "";
  switch (field.kind) {
    case "password":
    case "file":
    case "image":
    case "csv":
    case "fixed":
      return undefined;
    case "switch":
      return ["true", "on", "1", "yes"].includes(last.toLowerCase());
    case "select":
    case "radio":
      return findOption(field, last);
    case "checks":
      return optionsOf(field, texts);
    case "tags":
      return [...texts];
    case "list":
      return jsonOf(last, Array.isArray) ?? [...texts];
    case "json":
      return jsonOf(last, () => true);
    case "group":
    case "map":
      return jsonOf(last, (value) => typeof value === "object" && value !== null);
    case "choice":
      return jsonOf(last, () => true) ?? last;
    default:
      return last;
  }
}

function optionsOf(field: FieldOf<"select">, texts: readonly string[]): Json {
  return texts.map((text) => findOption(field, text)).filter((value) => value !== undefined);
}

function jsonOf(text: string, isFit: (value: Json) => boolean): Json | undefined {
  try {
    const value = readGivenJson(text);
    return isFit(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
