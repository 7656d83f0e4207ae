import { tokenRoutes } from "#contract/tokens/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { readServers, writeServers } from "../../servers.ts";
import { printToken } from "./print-token.ts";
import { readDays } from "./read-days.ts";
import { requireTokenId } from "./require-token-id.ts";
import type { rotateTokenSpec } from "./specs.ts";

/** Renews a token and prints it once; the sign-in that used the old one goes on with the new one. */
export const run: Run<typeof rotateTokenSpec> = async (context, { args, options }) => {
  const token = requireTokenId(args.token);
  const json = options.expires === undefined ? {} : { expires_in_days: readDays(options.expires) };
  const api = await context.api();
  const created = await api.call(tokenRoutes.rotateToken, { params: { token }, json });
  const used = context.connection().token;
  const { book } = readServers(context.host);
  if (created.current && book.servers.some((server) => server.token === used)) {
    const servers = book.servers.map((server) =>
      server.token === used ? { ...server, token: created.token, expires_at: created.expires_at } : server,
    );
    writeServers(context.host, { ...book, servers });
  }
  printToken(context, created);
  return exitCodes.ok.code;
};
