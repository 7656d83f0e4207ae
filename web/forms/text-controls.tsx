import type { KeyboardEvent } from "react";
import type { FieldOf, FormField } from "#contract/forms/form";
import { setTexts } from "./draft.ts";
import { FieldFrame } from "./field-frame.tsx";
import { useForm } from "./form-context.ts";

/** The text of one entry, and how to change it. */
export function useText(name: string): [string, (text: string) => void] {
  const { draft, change } = useForm();
  const text = draft.entries.get(name)?.at(-1) ?? "";
  return [text, (next) => change((before) => setTexts(before, name, [next]))];
}

const inputTypes: Partial<Record<FormField["kind"], string>> = {
  email: "email",
  url: "url",
  password: "password",
};

export function TextField({ field, name }: { field: FormField; name: string }) {
  const [text, setText] = useText(name);
  return (
    <FieldFrame field={field} name={name}>
      {(attributes) => (
        <input
          {...attributes}
          type={inputTypes[field.kind] ?? "text"}
          autoComplete={field.kind === "password" ? "off" : undefined}
          aria-required={field.required}
          placeholder={field.placeholder}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      )}
    </FieldFrame>
  );
}

/** Long text. */
export function LinesField({ field, name }: { field: FormField; name: string }) {
  const [text, setText] = useText(name);
  return (
    <FieldFrame field={field} name={name}>
      {(attributes) => (
        <textarea
          {...attributes}
          rows={5}
          aria-required={field.required}
          placeholder={field.placeholder}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      )}
    </FieldFrame>
  );
}

/** Typed as text, so that what is no number can be said to be none; arrows go up and down by the step. */
export function NumberField({ field, name }: { field: FieldOf<"number">; name: string }) {
  const [text, setText] = useText(name);
  const step = field.step === "any" ? 1 : field.step;
  function stepBy(event: KeyboardEvent): void {
    const turn = event.key === "ArrowUp" ? 1 : event.key === "ArrowDown" ? -1 : 0;
    const from = text.trim() === "" ? (field.rules.minimum ?? 0) - turn * step : Number(text);
    if (turn === 0 || !Number.isFinite(from)) return;
    event.preventDefault();
    const { minimum = -Infinity, maximum = Infinity } = field.rules;
    const next = Math.min(Math.max(from + turn * step, minimum), maximum);
    setText(String(Number(next.toPrecision(15))));
  }
  return (
    <FieldFrame field={field} name={name}>
      {(attributes) => (
        <input
          {...attributes}
          type="text"
          inputMode={field.rules.isInteger === true ? "numeric" : "decimal"}
          aria-required={field.required}
          placeholder={field.placeholder}
          value={text}
          onKeyDown={stepBy}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      )}
    </FieldFrame>
  );
}

export function SliderField({ field, name }: { field: FieldOf<"number">; name: string }) {
  const [text, setText] = useText(name);
  return (
    <FieldFrame field={field} name={name}>
      {(attributes) => (
        <span className="slider">
          <input
            {...attributes}
            type="range"
            min={field.rules.minimum}
            max={field.rules.maximum}
            step={field.step}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <output htmlFor={attributes.id}>{text}</output>
        </span>
      )}
    </FieldFrame>
  );
}

/** The colour as text, with the browser's own picker beside it. */
export function ColorField({ field, name }: { field: FormField; name: string }) {
  const [text, setText] = useText(name);
  const shown = /^#[0-9a-f]{6}$/i.test(text) ? text : "#808080";
  return (
    <FieldFrame field={field} name={name}>
      {(attributes) => (
        <span className="with-picker">
          <input
            type="color"
            aria-label={`Pick ${field.label}`}
            value={shown}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <input
            {...attributes}
            type="text"
            aria-required={field.required}
            placeholder={field.placeholder ?? "#1f5fbf"}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        </span>
      )}
    </FieldFrame>
  );
}
