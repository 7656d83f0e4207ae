/** What the exit code says, for scripts. Documented in the CLI reference. */
export const exitCodes = {
  ok: { code: 0, meaning: "It worked; a run that was waited for completed." },
  runFailed: {
    code: 1,
    meaning: "The run failed or was cancelled; the record of changes is not what was written.",
  },
  usage: { code: 2, meaning: "The command line, the inputs or worker.yml are wrong." },
  auth: { code: 3, meaning: "There is no token, or it may not do this." },
  notFound: { code: 4, meaning: "There is no such worker, run or file." },
  conflict: { code: 5, meaning: "Something else is there already, or a rule forbids it." },
  unavailable: {
    code: 6,
    meaning:
      "The server did not answer, was busy, or the time to wait was over; or the output could not be written.",
  },
  interrupted: { code: 130, meaning: "Ctrl-C." },
} as const satisfies Record<string, { code: number; meaning: string }>;

export type ExitName = keyof typeof exitCodes;

/** The exit code for a refusal, by its HTTP status. */
export function exitNameForStatus(status: number): ExitName {
  if (status === 401 || status === 403) return "auth";
  if (status === 404) return "notFound";
  if (status === 409) return "conflict";
  if (status === 429 || status >= 500) return "unavailable";
  return "usage";
}
