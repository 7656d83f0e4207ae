import { html } from "hono/html";
import { alternativeName, childName, keyName, tabName, valueName } from "#contract/forms/form";
import type { FieldOf, FormField, FormModel } from "#contract/forms/form";
import { openTab } from "#contract/forms/read-form";
import type { Html } from "../../http/plain-page.ts";
import { buildControl } from "./controls-html.ts";
import type { Control } from "./controls-html.ts";
import { controlId } from "./form-state.ts";
import type { FormState } from "./form-state.ts";

/** So many empty rows a list has for whoever cannot add any. */
const EMPTY_ROWS = 2;
/** Kinds whose choices are each labelled, so that their own label is a legend. */
const GROUPED = new Set(["radio", "checks"]);

function buildHint({ field, name, state }: Control): Html {
  const id = controlId(name);
  const errors = state.errors.filter((error) => error.name === name).map(({ detail }) => detail);
  return html`${field.description === "" ? "" : html`<p class="hint" id="${id}-hint">${field.description}</p>`}
  ${field.kind === "tags" ? html`<p class="hint">One a line.</p>` : ""}
  ${errors.length === 0 ? "" : html`<p class="bad" id="${id}-error">${errors.join(" ")}</p>`}`;
}

const labelOf = ({ label, required, kind }: FormField): Html =>
  html`${label}${required || kind === "switch" ? "" : html` <span class="muted">(optional)</span>`}`;

/** A field that is there at times alone: a script shows it then, and without one its sentence says when. */
function whileShown(field: Html, { field: { when }, name }: Control): Html {
  if (when === undefined) return field;
  const sibling = childName(name.slice(0, name.lastIndexOf("/")), when.field);
  return html`<div data-when="${sibling}" data-values="${JSON.stringify(when.values)}">${field}</div>`;
}

function buildWhen({ when }: FormField): Html | "" {
  if (when === undefined) return "";
  const values = when.values.map((value) => (typeof value === "string" ? value : JSON.stringify(value)));
  return html`<p class="hint">Only where ${when.field} is ${values.join(" or ")}.</p>`;
}

function buildField(control: Control): Html | "" {
  return control.field.kind === "fixed" ? "" : whileShown(buildOne(control), control);
}

function buildOne(control: Control): Html {
  const { field, name } = control;
  const one = buildControl({ ...control, insists: control.insists && field.when === undefined });
  const hint = html`${buildWhen(field)}${buildHint(control)}`;
  if (one === null) return buildNested(control, hint);
  if (GROUPED.has(field.kind)) {
    return html`<fieldset class="field">
      <legend>${labelOf(field)}</legend>
      ${hint}${one}
    </fieldset>`;
  }
  if (field.kind === "switch") return html`<div class="field">${one}${hint}</div>`;
  return html`<div class="field">
    <label for="${controlId(name)}">${labelOf(field)}</label>${hint}${one}
  </div>`;
}

function buildNested(control: Control, hint: Html): Html {
  const { field } = control;
  const inner = innerOf(control);
  return html`<fieldset class="field" id="${controlId(control.name)}">
    <legend>${field.label || "Item"}</legend>
    ${hint}
    <div class="nested">${inner}</div>
  </fieldset>`;
}

function innerOf(control: Control): Html {
  const { field, name, state } = control;
  switch (field.kind) {
    case "group":
      return html`${field.fields.map((inner) =>
        buildField({ ...control, field: inner, name: childName(name, inner.name) }),
      )}`;
    case "list":
      return buildRows({ ...control, field }, (row) => {
        const rowName = childName(name, row);
        return {
          name: rowName,
          body: buildField({ field: titled(field.item, row), name: rowName, state, insists: false }),
        };
      });
    case "map":
      return buildMap({ ...control, field });
    case "choice":
      return buildAlternatives({ ...control, field });
    default:
      return html``;
  }
}

const titled = (item: FormField, row: number): FormField => ({
  ...item,
  label: item.label === "" ? `Item ${row + 1}` : `${item.label} ${row + 1}`,
});

/**
 * The rows of a list, and a button for more. Pressed without a script it sends the form, which comes back with more rows;
 * with one the last row is made once more at its place.
 */
function buildRows(
  { field, name, state }: Control,
  build: (row: number) => { name: string; body: Html | "" },
): Html {
  const rows = rowsToShow(state, { list: name, nameOf: (row) => build(row).name });
  return html`${rows.map((row) => {
      const { name: rowName, body } = build(row);
      return html`<div data-row="${rowName}">${body}</div>`;
    })} <button class="plain" name="_more" value="${name}" formnovalidate>Add to ${field.label}</button>`;
}

/** The rows that were sent or are filled in, and empty ones where there is none to write in. */
function rowsToShow(
  { entries, more }: FormState,
  { list, nameOf }: { list: string; nameOf: (row: number) => string },
): number[] {
  const names = [...entries.keys()];
  const below = (row: string) =>
    names.filter((name) => name === row || name.startsWith(`${row}/`) || name.startsWith(`${row}~`));
  let present = 0;
  while (below(nameOf(present)).length > 0) present += 1;
  const isEmpty = (row: number) =>
    below(nameOf(row)).every((name) =>
      (entries.get(name) ?? []).every((text) => text === "" || text === "false"),
    );
  const asks = more === list || present === 0 || !isEmpty(present - 1);
  return Array.from({ length: present + (asks ? EMPTY_ROWS : 0) }, (_, row) => row);
}

function buildMap(control: Control<FieldOf<"map">>): Html {
  const { field, name, state } = control;
  return buildRows(control, (row) => {
    const key = keyName(name, row);
    const body = html`<div class="field">
        <label for="${controlId(key)}">Key ${row + 1}</label>
        <input
          id="${controlId(key)}"
          name="${key}"
          value="${state.entries.get(key)?.at(-1) ?? ""}"
          autocomplete="off"
        />
      </div>
      ${buildField({ field: titled({ ...field.item, label: "Value" }, row), name: valueName(name, row), state, insists: false })}`;
    return { name: key, body };
  });
}

/** Each alternative with its fields: which of them counts is said by the one that is chosen. */
function buildAlternatives(control: Control<FieldOf<"choice">>): Html {
  const { field, name, state } = control;
  const open = openTab(field, name, { entries: state.entries });
  return html`${field.alternatives.map(({ label, field: inner }, at) => {
    const id = `${controlId(name)}-tab-${at}`;
    const shown =
      inner === null
        ? ""
        : buildField({
            field: { ...inner, label: inner.label || label },
            name: alternativeName(name, at),
            state,
            insists: false,
          });
    return html`<label class="choice" for="${id}"
        ><input
          type="radio"
          id="${id}"
          name="${tabName(name)}"
          value="${at}"
          ${at === open ? html`checked` : ""}
        />${label}</label
      >${shown === "" ? "" : html`<div data-tab="${id}">${shown}</div>`}`;
  })}`;
}

/** The fields of a form as HTML: all that can be typed without a script. Pure. */
export function buildFields(form: FormModel, state: FormState): Html {
  return html`${form.sections.map(({ title, fields }) => {
    const inside = fields.map((field) =>
      buildField({ field, name: childName("", field.name), state, insists: true }),
    );
    return title === ""
      ? html`${inside}`
      : html`<h2>${title}</h2>
          ${inside}`;
  })}`;
}

/** What is wrong, as links to where it is. Pure. */
export function buildErrors({ errors }: FormState): Html | "" {
  if (errors.length === 0) return "";
  const items = errors.map(({ name, detail }) =>
    name === "" ? html`<li>${detail}</li>` : html`<li><a href="#${controlId(name)}">${detail}</a></li>`,
  );
  return html`<ul>
    ${items}
  </ul>`;
}
