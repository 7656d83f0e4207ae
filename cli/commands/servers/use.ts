import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { readServers, withSingle, writeServers } from "../../servers.ts";
import { findServer, LOCAL } from "./find-server.ts";
import type { useServerSpec } from "./specs.ts";

/** Chooses the sign-in that commands use from now on. */
export const run: Run<typeof useServerSpec> = async ({ output, json, host }, { args }) => {
  const book = withSingle(readServers(host));
  const isLocal = args.name === LOCAL && !book.servers.some(({ name }) => name === LOCAL);
  const current = isLocal ? null : findServer(book, args.name).name;
  writeServers(host, { ...book, current });
  if (json) output.document({ current });
  else output.line(current === null ? "The Floom of this machine is used." : `${current} is used.`);
  return exitCodes.ok.code;
};
