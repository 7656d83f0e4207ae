import { useEffect, useRef, useState } from "react";
import type { FormEvent } from "react";
import { useLocation } from "wouter";
import { ApiProblem } from "#contract/client";
import type { WorkerDetail } from "#contract/workers/worker";
import { useApi } from "../api/api-context.ts";
import { ErrorNotice } from "../parts/error-notice.tsx";
import { buildInputs, initialDraft, inputNameOf } from "./draft.ts";
import type { Draft } from "./draft.ts";
import { InputField } from "./input-field.tsx";
import { newIdempotencyKey, startRun } from "./start-run.ts";

type FieldErrors = Readonly<Record<string, string>>;

/** What the API says about single inputs; those it names but the form does not have are left to the notice. */
function fieldErrorsOf(error: unknown): FieldErrors {
  if (!(error instanceof ApiProblem)) return {};
  const entries = error.problem.errors ?? [];
  return Object.fromEntries(entries.map(({ pointer, detail }) => [inputNameOf(pointer), detail]));
}

/** The form that starts a run; on success it goes to the run's page. */
export function RunForm({ worker, fields }: { worker: string; fields: WorkerDetail["inputs"] }) {
  const api = useApi();
  const form = useRef<HTMLFormElement>(null);
  const [, navigate] = useLocation();
  const [draft, setDraft] = useState<Draft>(() => initialDraft(fields));
  const [errors, setErrors] = useState<FieldErrors>({});
  const [failure, setFailure] = useState<unknown>();
  const [sending, setSending] = useState(false);
  const key = useRef(newIdempotencyKey());

  useEffect(() => {
    form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [errors]);

  function change(name: string, value: Draft[string]): void {
    key.current = newIdempotencyKey();
    setDraft((current) => ({ ...current, [name]: value }));
  }

  async function send(): Promise<void> {
    const built = buildInputs(fields, draft);
    setErrors(built.errors);
    setFailure(undefined);
    if (Object.keys(built.errors).length > 0) return;
    setSending(true);
    try {
      const run = await startRun(api, { worker, built, idempotencyKey: key.current });
      navigate(`/runs/${run.id}`);
    } catch (error) {
      setErrors(fieldErrorsOf(error));
      setFailure(error);
    } finally {
      setSending(false);
    }
  }

  function submit(event: FormEvent): void {
    event.preventDefault();
    void send();
  }

  return (
    <form ref={form} className="card" onSubmit={submit} noValidate aria-label={`Run ${worker}`}>
      {fields.length === 0 && <p className="muted">This worker takes no inputs.</p>}
      {fields.map((field) => (
        <InputField
          key={field.name}
          field={field}
          value={draft[field.name] ?? null}
          error={errors[field.name]}
          onChange={(value) => change(field.name, value)}
        />
      ))}
      {failure !== undefined && <ErrorNotice error={failure} />}
      <button type="submit" className="primary" disabled={sending}>
        {sending ? "Starting …" : "Run"}
      </button>
    </form>
  );
}
