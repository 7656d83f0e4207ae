import { buildFailure, failureCodes, isFailureCode } from "#contract/runs/run-failure";
import type { RunFailure } from "#contract/runs/run-failure";
import type { RunnerResult } from "#contract/runner/runner";

/** Limits that the runner alone sees a script pass; every other limit is watched by the edge. */
const seenByRunner: readonly string[] = ["output_too_large", "timeout", "sandbox_oom", "disk_full"];

/**
 * The failure that a journal reports. The journal lies in the script's reach, so it may tell how the script failed and
 * nothing else: a code by which the platform, a policy or a person would be to blame is read as the script's own report.
 * A code that nobody here knows is the script's own and kept. Pure.
 */
export function readFailure({ error_code, error }: Pick<RunnerResult, "error_code" | "error">): RunFailure {
  const code = error_code ?? "execution_error";
  const message = error ?? undefined;
  if (!isFailureCode(code)) return { ...buildFailure("worker_reported_error", message), code };
  const isScripts = failureCodes[code].kind === "worker" || seenByRunner.includes(code);
  const failure = buildFailure(isScripts ? code : "worker_reported_error", message);
  const hint = hintAt(failure.message);
  return hint === null ? failure : { ...failure, hint };
}

/** The failure that the edge itself reports of an attempt: nobody else writes that journal, and so its codes are believed. Pure. */
export function readOwnFailure({
  error_code,
  error,
}: Pick<RunnerResult, "error_code" | "error">): RunFailure {
  const code = error_code ?? "internal_error";
  const message = error ?? undefined;
  return isFailureCode(code)
    ? buildFailure(code, message)
    : { ...buildFailure("worker_reported_error", message), code };
}

/** A kernel that looks for a program called `bash` and a carriage return says so in these words. */
const WINDOWS_LINE_ENDS = /use -\[v\]S to pass options in shebang lines|bad interpreter: .*\r|\^M/;

function hintAt(message: string): string | null {
  return WINDOWS_LINE_ENDS.test(message)
    ? "The script has Windows line ends (CRLF). Save it with Unix line ends (LF), e.g. with dos2unix, and push again."
    : hintAtPackage(message);
}

/** Where to name a package that a script did not find; its message says only that it is not there. */
function hintAtPackage(message: string): string | null {
  const [, module = ""] = /ModuleNotFoundError: No module named '([\w.]{1,100})'/.exec(message) ?? [];
  if (module !== "") {
    const name = module.split(".")[0] ?? module;
    return `Name the package of ${name} in requirements.txt beside worker.yml, one a line, and push again. A file of your own must lie in the folder.`;
  }
  const [, found = ""] = /Cannot find (?:module|package) '((?:@[\w.-]+\/)?[\w-][\w.-]*)/.exec(message) ?? [];
  return found === ""
    ? null
    : `Name ${found} among the dependencies of package.json beside worker.yml, and push again.`;
}
