/** What the registry knows of a kind of refusal. */
export interface ProblemKind {
  status: number;
  title: string;
  /** Sending the same request again later may work; the answer then carries Retry-After. */
  retryable: boolean;
  /** What to do about it, for the reference page. */
  remedy: string;
}

/** A refusal that the same request will meet again. */
export const kind = (status: number, title: string, remedy: string): ProblemKind => ({
  status,
  title,
  retryable: false,
  remedy,
});

/** A refusal that passes: the same request may work later. */
export const retryable = (problem: ProblemKind): ProblemKind => ({ ...problem, retryable: true });
