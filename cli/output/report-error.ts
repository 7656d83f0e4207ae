import type { Problem } from "#contract/problem";
import { CliError, toProblem, unexpectedAnswer } from "../cli-error.ts";
import { exitCodes, exitNameForStatus } from "../exit-code.ts";
import type { ExitName } from "../exit-code.ts";
import type { Host } from "../host.ts";
import { openOutput } from "./output.ts";
import { renderProblem } from "./render-problem.ts";
import type { Complaint } from "./render-problem.ts";

interface Reported {
  exit: ExitName;
  /** For machines. */
  problem: Problem;
  /** For people. */
  complaint: Complaint;
}

/** What to do at a command line, where the registry's remedy speaks to whoever calls the API. */
const hintsForPeople: Readonly<Record<string, string>> = {
  unauthenticated:
    "Set FLOOM_TOKEN, or FLOOM_HOME to the home of the Floom that runs; `floom doctor` says what was found.",
  invalid_inputs: "`floom workers show <worker>` lists the inputs it takes.",
  version_conflict:
    "Pull the newest version into another folder and merge, or push all the same with --force.",
  worker_archived: "Bring it back with: floom workers restore <worker>",
};

/** Tells on standard error what went wrong and what to do about it; answers the exit code. */
export async function reportError(
  error: unknown,
  { host, json }: { host: Host; json: boolean },
): Promise<number> {
  if (host.interrupt.aborted) return exitCodes.interrupted.code;
  const { exit, problem, complaint } = await classify(error);
  const output = openOutput(host);
  if (json) output.noteDocument(problem);
  else for (const line of renderProblem(complaint, output.noteStyle)) output.note(line);
  if (problem.code === "cli_broke" && error instanceof Error && !json) output.note(error.stack ?? "");
  return exitCodes[exit].code;
}

async function classify(error: unknown): Promise<Reported> {
  if (error instanceof CliError) return fromCliError(error);
  const [{ ApiProblem }, { problems }] = await Promise.all([
    import("#contract/client"),
    import("#contract/problem-registry"),
  ]);
  if (error instanceof ApiProblem) {
    const { problem } = error;
    const known: Readonly<Record<string, { remedy: string }>> = problems;
    const hint = hintsForPeople[problem.code] ?? known[problem.code]?.remedy;
    const { detail: sentence, errors = [], request_id: requestId } = problem;
    const complaint = { sentence, hint, errors, requestId };
    return { exit: exitNameForStatus(problem.status), problem, complaint };
  }
  return fromCliError(toCliError(error));
}

function fromCliError(error: CliError): Reported {
  const { message: sentence, hint, errors = [] } = error;
  return {
    exit: error.exit,
    problem: toProblem(error),
    complaint: { sentence, hint, errors, requestId: "" },
  };
}

/** Gives a name to what nobody named: a file that cannot be read, an answer out of contract, a fault of the CLI. */
function toCliError(cause: unknown): CliError {
  const message = cause instanceof Error ? cause.message : String(cause);
  if (cause instanceof Error && cause.name === "ZodError") return unexpectedAnswer(cause);
  if (cause instanceof Error && "syscall" in cause)
    return new CliError(message, { exit: "usage", code: "file_error", cause });

  return new CliError(message, {
    exit: "unavailable",
    code: "cli_broke",
    hint: "This is a fault of the CLI; please report it.",
    cause,
  });
}
