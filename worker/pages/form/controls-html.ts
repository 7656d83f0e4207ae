import { html } from "hono/html";
import type { FieldOf, FormField } from "#contract/forms/form";
import { zoneName } from "#contract/forms/form";
import type { Html } from "../../http/plain-page.ts";
import { controlId } from "./form-state.ts";
import type { FormState } from "./form-state.ts";

/** One control: its field, the name of its entry, and how the form stands. */
export interface Control<Field extends FormField = FormField> {
  field: Field;
  name: string;
  state: FormState;
  /** A browser may insist on it: nothing that is hidden or left out stands around it. */
  insists: boolean;
}

const typed = ({ state, name }: Control): string => state.entries.get(name)?.at(-1) ?? "";
const all = ({ state, name }: Control): readonly string[] => state.entries.get(name) ?? [];
const isWrong = ({ state, name }: Control): boolean => state.errors.some((error) => error.name === name);

/** What every control says of itself. */
function common(control: Control): Html {
  const { name, field, insists } = control;
  const id = controlId(name);
  const about = [
    ...(field.description === "" ? [] : [`${id}-hint`]),
    ...(isWrong(control) ? [`${id}-error`] : []),
  ];
  return html`id="${id}" name="${name}"
  ${about.length === 0 ? "" : html`aria-describedby="${about.join(" ")}"`}
  ${isWrong(control) ? html`aria-invalid="true"` : ""} ${insists && field.required ? html`required` : ""}`;
}

const limit = (name: string, value: number | undefined): Html | "" =>
  value === undefined ? "" : html`${name}="${value}"`;

const inputTypes: Record<string, string> = {
  text: "text",
  password: "password",
  email: "email",
  url: "url",
  color: "color",
  date: "date",
  time: "time",
};
const completions: Record<string, string> = { password: "off", email: "email", url: "url" };

function buildInput(control: Control, type: string): Html {
  const { field } = control;
  const { minLength, maxLength } = field.rules;
  return html`<input
    type="${type}"
    ${common(control)}
    value="${typed(control)}"
    ${field.placeholder === undefined ? "" : html`placeholder="${field.placeholder}"`}
    ${limit("minlength", minLength)}
    ${limit("maxlength", maxLength)}
    autocomplete="${completions[field.kind] ?? "off"}"
  />`;
}

function buildNumber(control: Control<FieldOf<"number">>): Html {
  const { field } = control;
  return html`<input
    type="number"
    inputmode="${field.rules.isInteger ? "numeric" : "decimal"}"
    ${common(control)}
    step="${field.step}"
    value="${typed(control)}"
    ${limit("min", field.rules.minimum)}
    ${limit("max", field.rules.maximum)}
    ${field.kind === "slider" ? html`data-island="slider"` : ""}
  />`;
}

function buildSelect(control: Control<FieldOf<"select">>): Html {
  const { field } = control;
  const chosen = typed(control);
  const options = field.options.map(({ value, label }) => {
    const sent = JSON.stringify(value);
    return html`<option value="${sent}" ${sent === chosen ? html`selected` : ""}>${label}</option>`;
  });
  return html`<select ${common(control)}>
    ${field.required && chosen !== "" ? "" : html`<option value=""></option>`}${options}
  </select>`;
}

/** Choices that are all seen: one of them, or several. */
function buildChoices(control: Control<FieldOf<"select">>): Html {
  const { field, name } = control;
  const type = field.kind === "radio" ? "radio" : "checkbox";
  const chosen = all(control);
  return html`${field.options.map(({ value, label }, at) => {
    const sent = JSON.stringify(value);
    // The first one bears the field's id, so that a list of what is wrong leads to it.
    const id = at === 0 ? controlId(name) : `${controlId(name)}-${at}`;
    return html`<label class="choice" for="${id}"
      ><input
        type="${type}"
        id="${id}"
        name="${name}"
        value="${sent}"
        ${chosen.includes(sent) ? html`checked` : ""}
      />${label}</label
    >`;
  })}`;
}

function buildMoment(control: Control): Html {
  const { field, name, state } = control;
  if (field.kind === "date") return buildInput(control, "date");
  const zone = state.entries.get(zoneName(name))?.at(-1) ?? "UTC";
  const type = field.kind === "time" ? "time" : "datetime-local";
  const id = `${controlId(name)}-zone`;
  return html`<input type="${type}" step="1" ${common(control)} value="${typed(control)}" />
    <label for="${id}" class="hint">Time zone</label>
    <input id="${id}" name="${zoneName(name)}" value="${zone}" autocomplete="off" data-island="zone" />`;
}

function buildFile(control: Control<FieldOf<"file">>): Html {
  const { accept, multiple, columns } = control.field;
  return html`<input
    type="file"
    ${common(control)}
    ${accept.length === 0 ? "" : html`accept="${accept.join(",")}"`}
    ${multiple ? html`multiple` : ""}
    ${columns.length === 0 ? "" : html`data-columns="${JSON.stringify(columns)}"`}
  />`;
}

function buildSwitch(control: Control): Html {
  const isOn = ["true", "on", "1"].includes(typed(control));
  const { name, field } = control;
  return html`<input type="hidden" name="${name}" value="false" />
    <label class="choice" for="${controlId(name)}"
      ><input
        type="checkbox"
        ${common({ ...control, insists: false })}
        value="true"
        ${isOn ? html`checked` : ""}
      />${field.label}</label
    >`;
}

function buildArea(control: Control, text: string): Html {
  const { field } = control;
  const isCode = field.kind === "code" || field.kind === "json";
  const language = field.kind === "json" ? "json" : (field.language ?? "text");
  const within = control.state.errors.find(({ name }) => name === control.name)?.within;
  return html`<textarea
    ${common(control)}
    ${isCode ? html`spellcheck="false" class="code" data-language="${language}"` : ""}
    ${within === undefined ? "" : html`data-within="${within}"`}
    ${field.placeholder === undefined ? "" : html`placeholder="${field.placeholder}"`}
  >
${text}</textarea>`;
}

/** Fields that hold fields, or nothing to be filled in. */
const WITHOUT_CONTROL: ReadonlySet<string> = new Set(["fixed", "group", "list", "map", "choice"]);

/** The control of a field that is one value; null for a field that has fields of its own. Pure. */
export function buildControl(control: Control): Html | null {
  const { field } = control;
  if (WITHOUT_CONTROL.has(field.kind)) return null;
  switch (field.kind) {
    case "number":
    case "slider":
      return buildNumber({ ...control, field });
    case "switch":
      return buildSwitch(control);
    case "select":
      return buildSelect({ ...control, field });
    case "radio":
    case "checks":
      return buildChoices({ ...control, field });
    case "date":
    case "time":
    case "datetime":
      return buildMoment(control);
    case "file":
    case "image":
    case "csv":
      return buildFile({ ...control, field });
    case "tags":
      return buildArea(control, all(control).join("\n"));
    case "long_text":
    case "code":
    case "json":
      return buildArea(control, typed(control));
    default:
      return buildInput(control, inputTypes[field.kind] ?? "text");
  }
}
