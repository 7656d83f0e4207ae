import { CliError } from "../../cli-error.ts";
import type { Server, ServerBook } from "../../servers.ts";

/** The name that stands for the Floom of this machine. */
export const LOCAL = "local";

/** The sign-in of a name. Throws with the names there are. Pure. */
export function findServer(book: ServerBook, name: string): Server {
  const found = book.servers.find((server) => server.name === name);
  if (found !== undefined) return found;
  const names = book.servers.map((server) => server.name).join(", ");
  throw new CliError(`There is no sign-in named ${name}.`, {
    exit: "notFound",
    code: "no_such_server",
    hint: names === "" ? "There is none yet: floom login" : `There are: ${names}`,
  });
}
