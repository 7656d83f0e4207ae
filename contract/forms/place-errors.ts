import { alternativeName, childName, keyName, pointerTokens, rowMarkName, valueName } from "./form.ts";
import type { FieldOf, FormEntries, FormError, FormField, FormModel } from "./form.ts";
import { openTab } from "./read-form.ts";

/** An error as the API's problem documents have it. */
interface PointedError {
  pointer: string;
  detail: string;
}

/**
 * Errors of the API by the entry name of the field to show them at: the one that the pointer names, else its nearest
 * ancestor, else the form itself, whose name is empty. `entries` is what was sent.
 */
export function placeErrors(
  form: FormModel,
  errors: readonly PointedError[],
  entries: FormEntries,
): FormError[] {
  return errors.map(({ pointer, detail }) => {
    const tokens = pointerTokens(pointer);
    const isOfBody = tokens[0] === "inputs" && !form.root.fields.some(({ name }) => name === "inputs");
    return { ...placeOf(form.root, isOfBody ? tokens.slice(1) : tokens, entries), detail };
  });
}

function placeOf(
  root: FormField,
  tokens: readonly string[],
  entries: FormEntries,
): Pick<FormError, "name" | "within"> {
  let at: Step = { field: root, name: "" };
  for (const [place, token] of tokens.entries()) {
    const next = step(unwrapped(at, entries), token, entries);
    // Only a value that is typed as one text has places of its own.
    if (next === undefined && unwrapped(at, entries).field.kind === "json") {
      const within = tokens.slice(place).reduce(childName, "");
      return { name: unwrapped(at, entries).name, within };
    }
    if (next === undefined) return { name: at.name };
    at = next;
  }
  return { name: unwrapped(at, entries).name };
}

interface Step {
  field: FormField;
  name: string;
}

/** A union as the field of its open tab. */
function unwrapped({ field, name }: Step, entries: FormEntries): Step {
  if (field.kind !== "choice") return { field, name };
  const at = openTab(field, name, { entries });
  const inner = field.alternatives[at]?.field ?? null;
  if (inner === null || inner.kind === "fixed") return { field, name };
  return unwrapped({ field: inner, name: alternativeName(name, at) }, entries);
}

function step({ field, name }: Step, token: string, entries: FormEntries): Step | undefined {
  switch (field.kind) {
    case "group": {
      const inner = field.fields.find((one) => one.name === token);
      return inner === undefined || inner.kind === "fixed"
        ? undefined
        : { field: inner, name: childName(name, inner.name) };
    }
    case "list":
      return entries.has(rowMarkName(childName(name, token))) || /^\d+$/.test(token)
        ? { field: field.item, name: childName(name, token) }
        : undefined;
    case "map":
      return mapStep(field, name, { token, entries });
    default:
      return undefined;
  }
}

function mapStep(
  field: FieldOf<"map">,
  name: string,
  { token, entries }: { token: string; entries: FormEntries },
): Step | undefined {
  const start = keyName(name, 0).slice(0, -1);
  for (const [entry, texts] of entries) {
    if (entry.startsWith(start) && texts.at(-1) === token && /^\d+$/.test(entry.slice(start.length)))
      return { field: field.item, name: valueName(name, Number(entry.slice(start.length))) };
  }
  return undefined;
}
