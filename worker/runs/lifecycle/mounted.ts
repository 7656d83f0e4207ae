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

/** What is said of the contexts of an attempt, on its record. Pure. */
export function noteContexts(state: RunState, event: RunInput & { type: "mounted" | "wrote" }): RunState {
  return event.type === "mounted" ? noteMounted(state, event) : noteWritten(state, event);
}
