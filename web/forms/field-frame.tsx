import type { ReactNode } from "react";
import { ruleSentences } from "#contract/forms/check-value";
import type { FormField } from "#contract/forms/form";
import { elementId, useForm } from "./form-context.ts";

/** What a control needs so that it is found by its label, and read with its help and what is wrong. */
export interface ControlAttributes {
  id: string;
  name: string;
  "aria-describedby": string | undefined;
  "aria-invalid": boolean;
}

interface Described {
  attributes: ControlAttributes;
  help: string;
  error: string | undefined;
}

/** The names by which a field's parts know each other. */
export function useDescribed(field: FormField, name: string): Described {
  const form = useForm();
  const error = form.errors.get(name);
  const id = elementId(form, name);
  const help = [field.description, ...ruleSentences(field.rules)].filter((text) => text !== "").join(" ");
  const described = [help !== "" && `${id}-help`, error !== undefined && `${id}-error`];
  return {
    help,
    error,
    attributes: {
      id,
      name,
      "aria-describedby": described.filter((part) => part !== false).join(" ") || undefined,
      "aria-invalid": error !== undefined,
    },
  };
}

export function Optional({ field }: { field: FormField }) {
  return field.required && !field.nullable ? null : <span className="muted"> (optional)</span>;
}

/** Help, and what is wrong, below a control. */
export function FieldNotes({ id, help, error }: { id: string; help: string; error: string | undefined }) {
  return (
    <>
      {help !== "" && (
        <p id={`${id}-help`} className="muted field-help">
          {help}
        </p>
      )}
      {error !== undefined && (
        <p id={`${id}-error`} className="field-error">
          {error}
        </p>
      )}
    </>
  );
}

interface FrameProps {
  field: FormField;
  name: string;
  children: (attributes: ControlAttributes) => ReactNode;
}

/** One control with its label before it, and help and error below. */
export function FieldFrame({ field, name, children }: FrameProps) {
  const { attributes, help, error } = useDescribed(field, name);
  return (
    <div className="field">
      <label htmlFor={attributes.id}>
        {field.label}
        <Optional field={field} />
      </label>
      {children({ ...attributes })}
      <FieldNotes id={attributes.id} help={help} error={error} />
    </div>
  );
}

interface GroupProps {
  field: FormField;
  name: string;
  /** Choices of one field stand closer than fields of their own. */
  plain?: boolean;
  children: ReactNode;
}

/** Several controls under one legend. An error of the whole is focusable, for nothing in it may be. */
export function FieldGroup({ field, name, plain = false, children }: GroupProps) {
  const { attributes, help, error } = useDescribed(field, name);
  return (
    <fieldset
      id={attributes.id}
      className={plain ? "field field-plain" : "field field-group"}
      aria-describedby={attributes["aria-describedby"]}
      data-invalid={error !== undefined}
      tabIndex={-1}
    >
      <legend>
        {field.label}
        <Optional field={field} />
      </legend>
      {children}
      <FieldNotes id={attributes.id} help={help} error={error} />
    </fieldset>
  );
}
