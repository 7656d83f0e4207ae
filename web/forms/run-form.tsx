import { useEffect, useId, useMemo, useRef, useState } from "react";
import type { FormEvent } from "react";
import { useLocation, useSearch } from "wouter";
import type { ActionDefinition } from "#contract/actions/action";
import { ApiProblem } from "#contract/client";
import { buildForm } from "#contract/forms/build-form";
import type { FormError, FormModel } from "#contract/forms/form";
import { placeErrors } from "#contract/forms/place-errors";
import { prefill } from "#contract/forms/prefill";
import { entriesOf } from "#contract/forms/write-entries";
import type { RunDetail, RunSummary } from "#contract/runs/run";
import { useApi } from "../api/api-context.ts";
import { ErrorNotice } from "../parts/error-notice.tsx";
import { errorsByName, placesByName } from "./draft.ts";
import type { Draft } from "./draft.ts";
import { FillFrom } from "./fill-from.tsx";
import { FormContext } from "./form-context.ts";
import { FormSections } from "./form-sections.tsx";
import { newIdempotencyKey, readDraft, startRun } from "./start-run.ts";

interface RunFormProps {
  worker: string;
  action: ActionDefinition;
  /** Runs whose inputs can be filled in again. */
  runs: readonly RunSummary[];
  /** What is done with a run once it is started; left out, its page is gone to. */
  onStarted?: (run: RunDetail) => void;
}

const noErrors: readonly FormError[] = [];

/** Everything the form knows while it is filled in, and how it is sent. */
function useRunForm({ worker, action, onStarted }: RunFormProps, form: FormModel) {
  const api = useApi();
  const query = useSearch();
  const [, navigate] = useLocation();
  const [draft, setDraft] = useState<Draft>(() => ({
    entries: prefill(form, new URLSearchParams(query)),
    files: new Map(),
  }));
  const [errors, setErrors] = useState(noErrors);
  const [failure, setFailure] = useState<unknown>();
  const [sending, setSending] = useState(false);
  const key = useRef(newIdempotencyKey());

  function change(update: (draft: Draft) => Draft): void {
    key.current = newIdempotencyKey();
    setDraft(update);
  }
  function place(error: unknown): void {
    const pointed = error instanceof ApiProblem ? (error.problem.errors ?? []) : [];
    setErrors(placeErrors(form, pointed, draft.entries));
    setFailure(error);
  }
  async function send(): Promise<void> {
    const read = readDraft(form, draft);
    setErrors(read.errors);
    setFailure(undefined);
    if (read.errors.length > 0) return;
    setSending(true);
    try {
      const run = await startRun(api, {
        worker,
        action: action.name,
        form,
        draft,
        idempotencyKey: key.current,
      });
      if (onStarted === undefined) return navigate(`/runs/${run.id}`);
      // Asked once more, it is another run.
      key.current = newIdempotencyKey();
      onStarted(run);
    } catch (error) {
      place(error);
    } finally {
      setSending(false);
    }
  }
  return { draft, errors, failure, sending, change, send };
}

/** The form that starts a run of one action; on success it goes to the run's page. */
export function RunForm(props: RunFormProps) {
  const { worker, action, runs } = props;
  const form = useMemo(() => buildForm(action.input_schema), [action]);
  const { draft, errors, failure, sending, change, send } = useRunForm(props, form);
  const element = useRef<HTMLFormElement>(null);
  const id = useId();

  useEffect(() => {
    element.current?.querySelector<HTMLElement>("[aria-invalid=true], [data-invalid=true]")?.focus();
  }, [errors]);

  function submit(event: FormEvent): void {
    event.preventDefault();
    void send();
  }
  const wrong = { errors: errorsByName(errors), places: placesByName(errors) };
  return (
    <FormContext value={{ id, draft, change, ...wrong }}>
      <form ref={element} className="card" onSubmit={submit} noValidate aria-label={`Run ${worker}`}>
        {form.root.fields.length === 0 && <p className="muted">This worker takes no inputs.</p>}
        {form.root.fields.length > 0 && (
          <FillFrom
            runs={runs.filter((run) => run.action === null || run.action === action.name)}
            sample={form.sample}
            onFill={(value) => change(() => ({ entries: entriesOf(form, value), files: new Map() }))}
          />
        )}
        <FormSections form={form} />
        {failure !== undefined && <ErrorNotice error={failure} />}
        <button type="submit" className="primary" disabled={sending}>
          {sending ? "Starting …" : "Run"}
        </button>
      </form>
    </FormContext>
  );
}
