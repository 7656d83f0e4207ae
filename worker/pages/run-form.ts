import { html } from "hono/html";
import type { ActionDefinition, JsonSchema } from "#contract/actions/action";
import { readGivenJson } from "#contract/json";
import type { Json } from "#contract/json";
import type { Inputs } from "#contract/runs/run";
import type { Html } from "../http/plain-page.ts";

interface FormField {
  name: string;
  schema: Record<string, Json>;
  required: boolean;
}

/** What was posted before, and what was wrong with it, by the field's name. */
export interface FormState {
  values: ReadonlyMap<string, string>;
  errors: ReadonlyMap<string, string>;
}

export const emptyState: FormState = { values: new Map(), errors: new Map() };

const asObject = (value: unknown): Record<string, Json> =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, Json>) : {};

/** The fields of an action's form, in their order. Pure. */
export function listFields({ input_schema }: Pick<ActionDefinition, "input_schema">): FormField[] {
  const { properties, required }: JsonSchema = input_schema;
  const needed = Array.isArray(required) ? required : [];
  return Object.entries(asObject(properties)).map(([name, schema]) => ({
    name,
    schema: asObject(schema),
    required: needed.includes(name),
  }));
}

export const isFileField = ({ schema }: FormField): boolean => schema["format"] === "floom-file";
const textOf = (value: Json | undefined): string =>
  value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value);

/** Values that are no text come as JSON: a list, an object. Pure. */
function readValue(schema: Record<string, Json>, text: string): Json {
  const { type, enum: choices } = schema;
  if (Array.isArray(choices)) return choices.find((choice) => textOf(choice) === text) ?? text;
  if (type === "string" || type === undefined) return text;
  if (type === "boolean") return text === "on" || text === "true";
  try {
    return readGivenJson(text);
  } catch {
    return text;
  }
}

/** The inputs that a posted form stands for: what was left empty is left out, a box that is not ticked is false. Pure. */
export function readInputs(action: ActionDefinition, texts: readonly (readonly [string, string])[]): Inputs {
  const given = new Map(texts);
  const inputs: Inputs = {};
  for (const { name, schema } of listFields(action)) {
    const text = given.get(name) ?? "";
    if (schema["type"] === "boolean") inputs[name] = readValue(schema, text);
    else if (text !== "") inputs[name] = readValue(schema, text);
  }
  return inputs;
}

function buildControl(field: FormField, { values, errors }: FormState): Html {
  const { name, schema, required } = field;
  const id = `in-${name}`;
  const wrong = errors.has(name);
  const shared = html`id="${id}" name="${name}" aria-describedby="${id}-hint ${id}-error"
  ${wrong ? html`aria-invalid="true"` : ""}`;
  const must = required ? html`required` : "";
  const value = values.get(name) ?? textOf(schema["default"]);
  if (isFileField(field)) {
    const accept = [schema["x-floom-accept"] ?? []].flat().map(textOf).join(",");
    return html`<input type="file" ${shared} ${must} accept="${accept}" />`;
  }
  const { enum: choices, type } = schema;
  if (Array.isArray(choices)) {
    const options = choices
      .map(textOf)
      .map(
        (choice) =>
          html`<option value="${choice}" ${choice === value ? html`selected` : ""}>${choice}</option>`,
      );
    return html`<select ${shared} ${must}>
      ${required ? "" : html`<option value=""></option>`}${options}
    </select>`;
  }
  if (type === "boolean") {
    return html`<input
      type="checkbox"
      ${shared}
      ${value === "true" || value === "on" ? html`checked` : ""}
    />`;
  }
  if (type === "integer" || type === "number") {
    return html`<input
      type="number"
      step="${type === "integer" ? "1" : "any"}"
      ${shared}
      ${must}
      value="${value}"
    />`;
  }
  const isLong = Number(schema["maxLength"] ?? 0) > 200 || (type !== "string" && type !== undefined);
  if (isLong) return html`<textarea ${shared} ${must}>${value}</textarea>`;
  return html`<input type="text" ${shared} ${must} value="${value}" />`;
}

function buildField(field: FormField, state: FormState): Html {
  const { name, schema, required } = field;
  const id = `in-${name}`;
  const error = state.errors.get(name);
  return html`<div class="field">
    <label for="${id}"
      >${textOf(schema["title"]) || name}${required ? "" : html` <span class="muted">(optional)</span>`}</label
    >
    <p class="hint" id="${id}-hint">${textOf(schema["description"])}</p>
    ${buildControl(field, state)}
    <p class="bad" id="${id}-error">${error ?? ""}</p>
  </div>`;
}

/** The fields of an action's form as HTML. Pure. */
export function buildFields(action: ActionDefinition, state: FormState): Html {
  return html`${listFields(action).map((field) => buildField(field, state))}`;
}
