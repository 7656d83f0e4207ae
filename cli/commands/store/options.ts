/** The query of a call to the store of a worker, or of the workspace where none is named. */
export function placeOf({ worker }: { worker: string | undefined }): { worker?: string } {
  return worker === undefined ? {} : { worker };
}

/** The header that makes a repeat of a write none. */
export function onceHeader(once: string | undefined): Record<string, string> {
  return once === undefined ? {} : { "idempotency-key": once };
}
