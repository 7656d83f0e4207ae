import { useId, useState } from "react";
import type { Json } from "#contract/json";
import type { RunSummary } from "#contract/runs/run";
import { runRoutes } from "#contract/runs/routes";
import { useApi } from "../api/api-context.ts";
import { describeError } from "../api/describe-error.ts";

interface FillFromProps {
  runs: readonly RunSummary[];
  sample: Json | null;
  onFill: (inputs: Json) => void;
}

/** Fills the form from an earlier run, or with the worker's own example. */
export function FillFrom({ runs, sample, onFill }: FillFromProps) {
  const api = useApi();
  const id = useId();
  const [said, setSaid] = useState("");
  async function fill(run: string): Promise<void> {
    if (run === "") return;
    try {
      const { inputs } = await api.call(runRoutes.getRun, { params: { run } });
      onFill(inputs);
      setSaid("Filled in.");
    } catch (error) {
      setSaid(describeError(error).detail);
    }
  }
  if (runs.length === 0 && sample === null) return null;
  return (
    <div className="fill-from">
      {sample !== null && (
        <button
          type="button"
          onClick={() => {
            onFill(sample);
            setSaid("Filled in.");
          }}
        >
          Fill in the example
        </button>
      )}
      {runs.length > 0 && (
        <>
          <label htmlFor={id} className="visually-hidden">
            Fill in from an earlier run
          </label>
          <select id={id} value="" onChange={(event) => void fill(event.currentTarget.value)}>
            <option value="">Fill in from an earlier run …</option>
            {runs.map((run) => (
              <option key={run.id} value={run.id}>
                {new Date(run.created_at).toLocaleString()}, {run.status}
              </option>
            ))}
          </select>
        </>
      )}
      <output className="muted">{said}</output>
    </div>
  );
}
