import { useId } from "react";
import type { Field } from "#contract/manifest/manifest";
import { controlOf } from "./draft.ts";
import type { Draft } from "./draft.ts";

interface InputFieldProps {
  field: Field;
  value: Draft[string];
  error: string | undefined;
  onChange: (value: Draft[string]) => void;
}

/** One input of a worker: label, control, help, and what is wrong with it. */
export function InputField({ field, value, error, onChange }: InputFieldProps) {
  const id = useId();
  const helpId = `${id}-help`;
  const errorId = `${id}-error`;
  const described = [field.description !== undefined && helpId, error !== undefined && errorId];
  return (
    <div className="field">
      <label htmlFor={id}>
        {field.label}
        {!field.required && <span className="muted"> (optional)</span>}
      </label>
      <InputControl
        field={field}
        value={value}
        onChange={onChange}
        attributes={{
          id,
          name: field.name,
          "aria-describedby": described.filter((name) => name !== false).join(" ") || undefined,
          "aria-invalid": error !== undefined,
          "aria-required": field.required,
        }}
      />
      {field.description !== undefined && (
        <p id={helpId} className="muted">
          {field.description}
        </p>
      )}
      {error !== undefined && (
        <p id={errorId} className="field-error">
          {error}
        </p>
      )}
    </div>
  );
}

interface InputControlProps extends Omit<InputFieldProps, "error"> {
  attributes: {
    id: string;
    name: string;
    "aria-describedby": string | undefined;
    "aria-invalid": boolean;
    "aria-required": boolean;
  };
}

function InputControl({ field, value, onChange, attributes }: InputControlProps) {
  const text = typeof value === "string" ? value : "";
  const typed = {
    ...attributes,
    value: text,
    placeholder: field.placeholder,
    onChange: (event: { currentTarget: { value: string } }) => onChange(event.currentTarget.value),
  };
  switch (controlOf(field)) {
    case "file":
      return (
        <input
          {...attributes}
          type="file"
          accept={field.accepts?.join(",")}
          onChange={(event) => onChange(event.currentTarget.files?.[0] ?? null)}
        />
      );
    case "tick":
      return (
        <input
          {...attributes}
          type="checkbox"
          checked={value === true}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      );
    case "choice":
      return (
        <select {...attributes} value={text} onChange={(event) => onChange(event.currentTarget.value)}>
          {(text === "" || !field.required) && <option value="">Choose …</option>}
          {(field.options ?? []).map((option) => (
            <option key={JSON.stringify(option)} value={JSON.stringify(option)}>
              {typeof option === "string" ? option : JSON.stringify(option)}
            </option>
          ))}
        </select>
      );
    case "lines":
    case "json":
      return <textarea {...typed} rows={5} />;
    case "number":
      return <input {...typed} type="text" inputMode="decimal" />;
    case "line":
      return <input {...typed} type="text" />;
  }
}
