import { readFileSync } from "node:fs";
import { CliError } from "../../cli-error.ts";

/** A file's text, with a byte order mark it may begin with; undefined where there is none. Throws where it cannot be read as UTF-8. */
export function readIfThere(file: string): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(readFileSync(file));
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return undefined;
    const why = cause instanceof Error && "syscall" in cause ? cause.message : "it is not UTF-8 text";
    throw new CliError(`${file} cannot be read, and is left as it is: ${why}`, {
      exit: "usage",
      code: "unreadable_file",
      cause,
    });
  }
}
