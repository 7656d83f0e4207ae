import type { RunInput, RunState } from "./run-state.ts";

/** The contexts of an attempt, settled once: a launch that is tried again has the same. Pure. */
function noteMounted(state: RunState, event: RunInput & { type: "mounted" }): RunState {
  const isFirst = state.mounted?.attempt !== event.attempt;
  if (state.phase !== "launching" || state.attempt !== event.attempt || !isFirst) return state;
  return { ...state, mounted: { attempt: event.attempt, contexts: [...event.contexts] } };
}

/** Which versions of its contexts the attempt has made. Pure. */
function noteWritten(state: RunState, event: RunInput & { type: "wrote" }): RunState {
  const { mounted } = state;
  if (mounted?.attempt !== event.attempt || state.attempt !== event.attempt) return state;
  const contexts = mounted.contexts.map((context) => {
    const written = event.versions.find(({ context_id }) => context_id === context.context_id);
    return written === undefined ? context : { ...context, written_version: written.version };
  });
  return { ...state, mounted: { ...mounted, contexts } };
}

/** What models have cost that the script asks itself. One that has ended is charged nothing, and given nothing back. Pure. */
function noteCharge(state: RunState, { nano_usd: nanoUsd }: RunInput & { type: "charged" }): RunState {
  if (state.phase === "ended" || state.phase === "resuming") return state;
  return { ...state, model_nano_usd: Math.max(0, state.model_nano_usd + nanoUsd) };
}

/** What is noted on the record of a run while it goes on as it does. Pure. */
export function noteFact(
  state: RunState,
  event: RunInput & { type: "mounted" | "wrote" | "charged" },
): RunState {
  switch (event.type) {
    case "mounted":
      return noteMounted(state, event);
    case "wrote":
      return noteWritten(state, event);
    case "charged":
      return noteCharge(state, event);
  }
}
