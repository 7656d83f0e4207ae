import { useId } from "react";
import type { ComponentProps, ReactNode } from "react";

interface TextFieldProps extends ComponentProps<"input"> {
  label: string;
  hint?: ReactNode;
}

/** A field of one line with its label, and what helps to fill it in. */
export function TextField({ label, hint, ...input }: TextFieldProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input id={id} aria-describedby={hint === undefined ? undefined : `${id}-hint`} {...input} />
      {hint !== undefined && (
        <p id={`${id}-hint`} className="muted">
          {hint}
        </p>
      )}
    </div>
  );
}

interface TextAreaProps extends ComponentProps<"textarea"> {
  label: string;
  hint?: ReactNode;
}

/** The same of several lines. */
export function TextAreaField({ label, hint, ...area }: TextAreaProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <textarea id={id} aria-describedby={hint === undefined ? undefined : `${id}-hint`} {...area} />
      {hint !== undefined && (
        <p id={`${id}-hint`} className="muted">
          {hint}
        </p>
      )}
    </div>
  );
}

interface ChoiceProps extends ComponentProps<"select"> {
  label: string;
  /** Value and words of each choice. */
  choices: readonly (readonly [value: string, words: string])[];
  hint?: ReactNode;
}

/** One of several. */
export function ChoiceField({ label, choices, hint, ...select }: ChoiceProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select id={id} aria-describedby={hint === undefined ? undefined : `${id}-hint`} {...select}>
        {choices.map(([value, words]) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </select>
      {hint !== undefined && (
        <p id={`${id}-hint`} className="muted">
          {hint}
        </p>
      )}
    </div>
  );
}

interface CheckProps extends ComponentProps<"input"> {
  label: ReactNode;
}

/** Yes or no. */
export function CheckField({ label, ...input }: CheckProps) {
  return (
    <label className="check">
      <input type="checkbox" {...input} />
      <span>{label}</span>
    </label>
  );
}
