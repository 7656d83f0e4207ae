import { useEffect, useRef } from "react";
import type { ReactNode } from "react";
import { alternativeName, childName, keyName, rowMarkName, tabName, valueName } from "#contract/forms/form";
import type { FieldOf, FormField } from "#contract/forms/form";
import { isShown, openTab } from "#contract/forms/read-form";
import { fieldEntries } from "#contract/forms/write-entries";
import { addEntries, removeBelow, rowNumbers, setTexts } from "./draft.ts";
import { FieldFrame, FieldGroup } from "./field-frame.tsx";
import { useForm } from "./form-context.ts";
import { useText } from "./text-controls.tsx";

/** How a field within another one is shown; handed in, for fields hold fields. */
export type ShowField = (field: FormField, name: string) => ReactNode;

interface CompositeProps<Kind extends "group" | "list" | "map" | "choice"> {
  field: FieldOf<Kind>;
  name: string;
  show: ShowField;
}

export function GroupField({ field, name, show }: CompositeProps<"group">) {
  const { draft } = useForm();
  const shown = field.fields.filter((inner) => isShown(field, inner, { name, entries: draft.entries }));
  return (
    <FieldGroup field={field} name={name}>
      {shown.map((inner) => show(inner, childName(name, inner.name)))}
    </FieldGroup>
  );
}

interface RowsProps {
  label: string;
  rows: readonly number[];
  onAdd: (row: number) => void;
  onRemove: (row: number) => void;
  children: (row: number) => ReactNode;
}

function Rows({ label, rows, onAdd, onRemove, children }: RowsProps) {
  const list = useRef<HTMLUListElement>(null);
  const asked = useRef(false);
  // After a row is added, its first control has the focus: a keyboard goes on where it would type.
  useEffect(() => {
    if (!asked.current) return;
    asked.current = false;
    list.current?.lastElementChild?.querySelector<HTMLElement>("input, select, textarea, button")?.focus();
  }, [rows.length]);
  const add = useRef<HTMLButtonElement>(null);
  return (
    <>
      <ul className="form-rows" ref={list}>
        {rows.map((row, at) => (
          <li key={row}>
            <div className="form-row">{children(row)}</div>
            <button
              type="button"
              className="quiet"
              aria-label={`Remove ${label} ${at + 1}`}
              onClick={() => {
                onRemove(row);
                add.current?.focus();
              }}
            >
              Remove
            </button>
          </li>
        ))}
      </ul>
      <button
        ref={add}
        type="button"
        aria-label={`Add to ${label}`}
        onClick={() => {
          asked.current = true;
          onAdd((rows.at(-1) ?? -1) + 1);
        }}
      >
        Add
      </button>
    </>
  );
}

export function ListField({ field, name, show }: CompositeProps<"list">) {
  const { draft, change } = useForm();
  const rows = rowNumbers(draft, name);
  const rowEntries = (rowName: string) =>
    new Map([[rowMarkName(rowName), ["1"]], ...fieldEntries(field.item, rowName)]);
  return (
    <FieldGroup field={field} name={name}>
      <Rows
        label={field.label}
        rows={rows}
        onAdd={(row) => change((before) => addEntries(before, rowEntries(childName(name, row))))}
        onRemove={(row) => change((before) => removeBelow(before, [childName(name, row)]))}
      >
        {(row) =>
          show({ ...field.item, label: `${field.item.label} ${rows.indexOf(row) + 1}` }, childName(name, row))
        }
      </Rows>
    </FieldGroup>
  );
}

export function MapField({ field, name, show }: CompositeProps<"map">) {
  const { draft, change } = useForm();
  const rows = rowNumbers(draft, `${name}~k`);
  const rowEntries = (row: number) =>
    new Map([
      [rowMarkName(keyName(name, row)), ["1"]],
      [keyName(name, row), [""]],
      ...fieldEntries(field.item, valueName(name, row)),
    ]);
  return (
    <FieldGroup field={field} name={name}>
      <Rows
        label={field.label}
        rows={rows}
        onAdd={(row) => change((before) => addEntries(before, rowEntries(row)))}
        onRemove={(row) =>
          change((before) => removeBelow(before, [keyName(name, row), valueName(name, row)]))
        }
      >
        {(row) => (
          <div className="key-value">
            <KeyControl field={field} name={keyName(name, row)} />
            {show(field.item, valueName(name, row))}
          </div>
        )}
      </Rows>
    </FieldGroup>
  );
}

function KeyControl({ field, name }: { field: FieldOf<"map">; name: string }) {
  const [text, setText] = useText(name);
  const label: FormField = {
    name: "",
    label: "Key",
    description: "",
    rules: {},
    required: true,
    nullable: false,
    kind: "text",
  };
  return (
    <FieldFrame field={label} name={name}>
      {(attributes) =>
        field.keyOptions === null ? (
          <input
            {...attributes}
            type="text"
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        ) : (
          <select {...attributes} value={text} onChange={(event) => setText(event.currentTarget.value)}>
            {text === "" && <option value="">Choose …</option>}
            {field.keyOptions.map((key) => (
              <option key={key}>{key}</option>
            ))}
          </select>
        )
      }
    </FieldFrame>
  );
}

/** A union: which kind of value it is, then the fields of that kind. What was typed in another one stays. */
export function ChoiceField({ field, name, show }: CompositeProps<"choice">) {
  const { draft, change } = useForm();
  const open = openTab(field, name, { entries: draft.entries });
  const inner = field.alternatives[open]?.field ?? null;
  function choose(at: number): void {
    change((before) => {
      const chosen = field.alternatives[at]?.field ?? null;
      const started = chosen === null ? new Map() : fieldEntries(chosen, alternativeName(name, at));
      const missing = [...started].filter(([entry]) => !before.entries.has(entry));
      return setTexts(addEntries(before, new Map(missing)), tabName(name), [String(at)]);
    });
  }
  return (
    <FieldGroup field={field} name={name}>
      <div className="tabs">
        {field.alternatives.map(({ label }, at) => (
          // Two kinds of a union may be called the same; their place is what tells them apart.
          <label key={`${at} ${label}`} className="tab">
            <input type="radio" name={tabName(name)} checked={at === open} onChange={() => choose(at)} />
            {label}
          </label>
        ))}
      </div>
      {inner !== null &&
        show(
          { ...inner, label: field.alternatives[open]?.label ?? inner.label },
          alternativeName(name, open),
        )}
    </FieldGroup>
  );
}
