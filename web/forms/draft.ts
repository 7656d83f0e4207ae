import { readGivenJson } from "#contract/json";
import type { Json } from "#contract/json";
import type { Field } from "#contract/manifest/manifest";
import type { Inputs } from "#contract/runs/run";

/** What a form holds while it is filled in: text as typed, ticks, and files, by input name. */
export type Draft = Readonly<Record<string, string | boolean | File | null>>;

/** Which kind of control an input gets. */
export type Control = "line" | "lines" | "number" | "tick" | "choice" | "file" | "json";

/** Decides the control by the declared type; types we do not know are typed as text. */
export function controlOf(field: Field): Control {
  if (field.kind === "file") return "file";
  if (field.options !== undefined) return "choice";
  if (field.type === "boolean") return "tick";
  if (field.type === "number" || field.type === "integer") return "number";
  if (field.type === "textarea" || field.type === "text" || field.type === "markdown") return "lines";
  if (field.type === "json" || field.type === "object" || field.type === "array") return "json";
  return "line";
}

/** The form before anybody touched it: defaults filled in. */
export function initialDraft(fields: readonly Field[]): Draft {
  return Object.fromEntries(fields.map((field) => [field.name, initialValue(field)]));
}

function initialValue(field: Field): Draft[string] {
  const control = controlOf(field);
  if (control === "file") return null;
  if (control === "tick") return field.default === true;
  if (field.default === undefined || field.default === null) return "";
  if (control === "choice" || control === "json") return JSON.stringify(field.default);
  return typeof field.default === "string" ? field.default : JSON.stringify(field.default);
}

/** The draft as inputs of a run, files apart; `errors` has a sentence for each input that cannot be sent. */
export interface BuiltInputs {
  inputs: Inputs;
  files: Readonly<Record<string, File>>;
  errors: Readonly<Record<string, string>>;
}

/**
 * Turns what was typed into the values the API takes. Only what the form alone can know is judged here (empty, no
 * number, no JSON); bounds and the like are the API's to judge, which answers by input name as well.
 */
export function buildInputs(fields: readonly Field[], draft: Draft): BuiltInputs {
  const inputs: Inputs = {};
  const files: Record<string, File> = {};
  const errors: Record<string, string> = {};
  for (const field of fields) {
    const value = draft[field.name] ?? null;
    if (value === null || value === "") {
      if (field.required) errors[field.name] = `${field.label} is needed.`;
    } else if (value instanceof File) files[field.name] = value;
    else if (typeof value === "boolean") inputs[field.name] = value;
    else readTyped(field, value, { inputs, errors });
  }
  return { inputs, files, errors };
}

function readTyped(
  field: Field,
  text: string,
  into: { inputs: Inputs; errors: Record<string, string> },
): void {
  const control = controlOf(field);
  if (control === "line" || control === "lines") {
    into.inputs[field.name] = text;
    return;
  }
  const parsed = readJson(control === "number" ? text.trim() : text);
  if (parsed === undefined || (control === "number" && typeof parsed !== "number")) {
    const wanted = control === "number" ? "a number" : "JSON";
    into.errors[field.name] = `${field.label} must be ${wanted}.`;
  } else into.inputs[field.name] = parsed;
}

function readJson(text: string): Json | undefined {
  try {
    return readGivenJson(text);
  } catch {
    return undefined;
  }
}

/** The input that a problem's JSON pointer names: `/inputs/rows/2` is about `rows`. */
export function inputNameOf(pointer: string): string {
  const parts = pointer.split("/").filter((part) => part !== "" && part !== "#");
  const name = parts[0] === "inputs" ? parts[1] : parts[0];
  return (name ?? "").replaceAll("~1", "/").replaceAll("~0", "~");
}
