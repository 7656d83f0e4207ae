import { runnerProgram, sandboxPaths, sandboxPathsOf } from "#contract/runner/runner";
import { runnerDigest } from "./runner.gen.ts";

const digest = runnerDigest.slice(0, runnerProgram.digest_chars);
const installed = `${runnerProgram.dir}/${digest}/__main__.py`;
const waiting = `${sandboxPaths.control_dir}/waiting-${digest}`;
/** Makes room in the process table's command line for the names that the runner and the script take. */
const filling = "-".repeat(160);

/**
 * Tells the runner that waits to begin. Its number may have been left behind, and be another process's by now: only one
 * that was started to wait is told. By the shell alone, since each program more is paid for by every run.
 */
const wake =
  `read -r pid <${waiting} || [ "$pid" ] && mapfile -d '' -t words </proc/$pid/cmdline && ` +
  `[ "\${words[*]:1:2}" = "${installed} --wait" ] && kill -USR1 "$pid"`;

/** A pipe behind which the runner waits: whatever is written there tells it that its orders have come. */
export const doorOfWaiting = `${sandboxPaths.control_dir}/go-${digest}`;

/** What is there once a runner has begun an attempt in the nth run of a sandbox, for as long as that lives. */
export function claimOf(use: number, attempt: number): string {
  const { control_dir: control } = sandboxPathsOf(use);
  return use === 1 ? `${control}/attempt-${attempt}.lock` : `${control}.lock`;
}

/**
 * Has the runner begin in a sandbox that holds the orders of its nth run: the one that waits there, else the one that the
 * sandbox brought along, if it is this very one; else what was uploaded. However often it is run, an attempt begins once.
 */
export function startCommandOf(use: number, attempt: number): string {
  const { control_dir: control } = sandboxPathsOf(use);
  return (
    `exec </dev/null >/dev/null 2>&1; [ -e ${claimOf(use, attempt)} ] && exit; { ${wake}; } && exit; ` +
    `[ -e ${installed} ] && PYTHONUNBUFFERED=1 exec python3 ${installed} --go ${control} ${digest} ${filling}; ` +
    `exec python3 -I -S ${sandboxPaths.runner}${use === 1 ? "" : ` ${control}`}`
  );
}
