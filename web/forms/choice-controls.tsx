import type { FieldOf, FieldOption } from "#contract/forms/form";
import { setTexts } from "./draft.ts";
import { FieldFrame, FieldGroup, FieldNotes, useDescribed } from "./field-frame.tsx";
import { useForm } from "./form-context.ts";
import { useText } from "./text-controls.tsx";

const textOf = ({ value }: FieldOption) => JSON.stringify(value);

export function SelectField({ field, name }: { field: FieldOf<"select">; name: string }) {
  const [text, setText] = useText(name);
  const canBeEmpty = !field.required || field.nullable || text === "";
  return (
    <FieldFrame field={field} name={name}>
      {(attributes) => (
        <select
          {...attributes}
          aria-required={field.required}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        >
          {canBeEmpty && <option value="">{field.required ? "Choose …" : "None"}</option>}
          {field.options.map((option) => (
            <option key={textOf(option)} value={textOf(option)}>
              {option.label}
            </option>
          ))}
        </select>
      )}
    </FieldFrame>
  );
}

export function RadioField({ field, name }: { field: FieldOf<"select">; name: string }) {
  const [text, setText] = useText(name);
  return (
    <FieldGroup field={field} name={name} plain>
      {field.options.map((option) => (
        <label key={textOf(option)} className="option">
          <input
            type="radio"
            name={name}
            value={textOf(option)}
            checked={text === textOf(option)}
            onChange={() => setText(textOf(option))}
          />
          {option.label}
        </label>
      ))}
    </FieldGroup>
  );
}

/** Ticked in any order, the values come in the order of the choices. */
export function ChecksField({ field, name }: { field: FieldOf<"select">; name: string }) {
  const { draft, change } = useForm();
  const chosen = draft.entries.get(name) ?? [];
  function turn(option: FieldOption, isOn: boolean): void {
    const wanted = (text: string) => (text === textOf(option) ? isOn : chosen.includes(text));
    const texts = field.options.map(textOf).filter(wanted);
    change((before) => setTexts(before, name, texts));
  }
  return (
    <FieldGroup field={field} name={name} plain>
      {field.options.map((option) => (
        <label key={textOf(option)} className="option">
          <input
            type="checkbox"
            name={name}
            checked={chosen.includes(textOf(option))}
            onChange={(event) => turn(option, event.currentTarget.checked)}
          />
          {option.label}
        </label>
      ))}
    </FieldGroup>
  );
}

export function SwitchField({ field, name }: { field: FieldOf<"switch">; name: string }) {
  const [text, setText] = useText(name);
  const { attributes, help, error } = useDescribed(field, name);
  return (
    <div className="field">
      <label className="option">
        <input
          {...attributes}
          type="checkbox"
          className="switch"
          checked={text === "true"}
          onChange={(event) => setText(String(event.currentTarget.checked))}
        />
        {field.label}
      </label>
      <FieldNotes id={attributes.id} help={help} error={error} />
    </div>
  );
}
