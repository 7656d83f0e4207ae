import { useState } from "react";
import type { FormEvent, ReactNode } from "react";
import { describeRefusal } from "./ask-auth.ts";
import type { AuthAnswer } from "./ask-auth.ts";

interface AccountFormProps {
  button: string;
  /** What is done with what was entered; null when the form itself shows what comes next. */
  onSubmit: (entered: Readonly<Record<string, string>>) => Promise<AuthAnswer>;
  onDone: (answer: AuthAnswer) => void;
  children: ReactNode;
}

/** A form of one button: it says what was refused, to a screen reader too, and sends nothing twice. */
export function AccountForm({ button, onSubmit, onDone, children }: AccountFormProps) {
  const [isBusy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState("");
  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const entries = Array.from(new FormData(event.currentTarget), ([name, value]) => [
      name,
      typeof value === "string" ? value : "",
    ]);
    setBusy(true);
    setRefusal("");
    try {
      const answer = await onSubmit(Object.fromEntries(entries));
      if (answer.ok) onDone(answer);
      else setRefusal(describeRefusal(answer));
    } catch {
      setRefusal("The server cannot be reached. Try again.");
    } finally {
      setBusy(false);
    }
  }
  return (
    <form className="card" onSubmit={(event) => void submit(event)} aria-busy={isBusy}>
      {children}
      <p className="field-error" role="alert">
        {refusal}
      </p>
      <button type="submit" className="primary" disabled={isBusy}>
        {button}
      </button>
    </form>
  );
}

interface FieldProps {
  name: string;
  label: string;
  type: "email" | "password" | "text";
  autoComplete: string;
  help?: string;
  minLength?: number;
}

/** One line to fill in, with its label above and what to know of it below. */
export function AccountField({ name, label, type, autoComplete, help, minLength }: FieldProps) {
  return (
    <div className="field">
      <label htmlFor={name}>{label}</label>
      <input
        id={name}
        name={name}
        type={type}
        autoComplete={autoComplete}
        required
        {...(minLength === undefined ? {} : { minLength })}
        {...(help === undefined ? {} : { "aria-describedby": `${name}-help` })}
      />
      {help !== undefined && (
        <p id={`${name}-help`} className="muted">
          {help}
        </p>
      )}
    </div>
  );
}
