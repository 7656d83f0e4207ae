import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { ApiProblem } from "#contract/client";
import { CliError } from "../../cli-error.ts";
import type { ExitName } from "../../exit-code.ts";
import type { CommandContext } from "../../context.ts";
import { ServeError } from "../../../mcp/serve-error.ts";

/** Whether a word is meant as a place on this machine and not as a worker's name: it has a slash or an ending, or is one. */
export const isPlace = (word: string) => /[/\\]|^\.{1,2}$|\.(?:py|m?js)$/.test(word);

/**
 * Where a worker lies that is named by its folder, its file, or by a name that a folder here or an example of the
 * checkout has. Throws CliError when there is none.
 */
export function findFolder({ host, checkoutDir }: CommandContext, word: string): string {
  const places = [resolve(host.cwd, word)];
  if (!isPlace(word)) places.push(join(checkoutDir, "workers-examples", word));
  const found = places.find((place) => existsSync(place));
  if (found !== undefined) return found;
  throw new CliError(`${word} is not there.`, {
    exit: "notFound",
    code: "no_folder",
    hint: `Name a worker's folder or a .py or .js file; \`floom workers pull ${isPlace(word) ? "NAME" : word}\` fetches one from the server.`,
  });
}

/** What cannot be served, in the words of this command. Pure. */
export function explainServing(error: unknown): unknown {
  if (!(error instanceof ServeError)) return error;
  const exits = {
    usage: "usage",
    not_found: "notFound",
    unavailable: "unavailable",
  } as const satisfies Record<ServeError["kind"], ExitName>;
  const about = { exit: exits[error.kind], code: `serve_${error.kind}`, cause: error };
  const { errors = [] } = error.cause instanceof ApiProblem ? error.cause.problem : {};
  if (errors.length === 0) return new CliError(error.message, about);
  return new CliError("The worker cannot be served as it is written.", { ...about, errors });
}
