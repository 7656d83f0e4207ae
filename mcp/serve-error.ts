/** What a library can do nothing about: a folder that is no worker, options that contradict each other, a taken port. */
export class ServeError extends Error {
  /** `usage`: asked wrongly; `not_found`: no such folder; `unavailable`: the machine refuses. */
  readonly kind: "usage" | "not_found" | "unavailable";

  constructor(kind: ServeError["kind"], message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "ServeError";
    this.kind = kind;
  }
}
