import { sandboxPaths } from "#contract/runner/runner";
import type { CommandOrder } from "../runs/ports/command-box.ts";

/** Where commands keep what they told, each in a folder of its own. */
const COMMANDS = `${sandboxPaths.control_dir}/commands`;
/** So much of what a command tells is kept, each of both ways; the rest is read and let go. */
export const KEPT_BYTES = 48 * 1024;
/** So long a command that was told to end has, before it is ended. */
const GRACE_SECONDS = 5;
/** What a command has left running holds its output open: it is waited for so long, in tenths of a second. */
const LEFTOVER_TENTHS = 20;

export const placeOf = (key: string): { stdout: string; stderr: string; exit: string } => {
  const place = `${COMMANDS}/${key}`;
  return { stdout: `${place}/stdout`, stderr: `${place}/stderr`, exit: `${place}/exit` };
};

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/**
 * Runs one command, once: whoever comes second finds its folder there. What it tells goes into files of a bounded size, and its
 * exit code into one that is there when all else is. Pure.
 */
export function buildCommand({ key, cmd, args, cwd, timeout_seconds: seconds }: CommandOrder): string {
  const { stdout, stderr, exit } = placeOf(key);
  const words = [cmd, ...args].map(quote).join(" ");
  // Written as it comes and holding nothing open of whoever runs this: what is left running has no end to wait for.
  const keep = (file: string) =>
    `{ stdbuf -o0 head -c ${KEPT_BYTES} >${file}; cat; } <${file}.way >/dev/null 2>/dev/null`;
  return [
    `mkdir -p ${COMMANDS}; mkdir ${COMMANDS}/${key} 2>/dev/null || exit 0`,
    `done_with() { echo "$1" >${exit}.new; mv ${exit}.new ${exit}; exit 0; }`,
    `cd ${quote(`${sandboxPaths.work_dir}/${cwd}`)} 2>${stderr} || { : >${stdout}; done_with 126; }`,
    `mkfifo ${stdout}.way ${stderr}.way`,
    `${keep(stdout)} & out=$!`,
    `${keep(stderr)} & err=$!`,
    `timeout -k ${GRACE_SECONDS} ${seconds} ${words} >${stdout}.way 2>${stderr}.way </dev/null; code=$?`,
    `n=0; while [ $n -lt ${LEFTOVER_TENTHS} ] && { kill -0 $out || kill -0 $err; } 2>/dev/null; do sleep 0.1; n=$((n+1)); done`,
    `done_with $code`,
  ].join("\n");
}

/** Unpacks the bundle and the archives of contexts into the work directory, once they lie in the sandbox. Pure. */
export function buildFilling(contexts: readonly { name: string; archive: string }[]): string {
  const unpack = (archive: string, into: string) =>
    `mkdir -p ${quote(into)} && python3 -m zipfile -e ${archive} ${quote(into)}`;
  return [
    unpack(sandboxPaths.bundle, sandboxPaths.work_dir),
    ...contexts.map(({ name, archive }) => unpack(archive, `${sandboxPaths.work_dir}/context/${name}`)),
    `mkdir -p ${sandboxPaths.work_dir}/out`,
    `touch ${FILLED}`,
  ].join(" && ");
}

/** Is there once the sandbox holds the run's folder. */
export const FILLED = `${sandboxPaths.control_dir}/filled`;
