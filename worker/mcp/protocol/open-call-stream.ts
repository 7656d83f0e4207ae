import type { Server, ServerContext } from "@modelcontextprotocol/server";
import type { CallStream } from "../tool-source.ts";
import type { ClientSession } from "../sessions/client-session.ts";

type Calling = Pick<ServerContext, "mcpReq"> & { server: Server };

/**
 * The stream of one request of a client of the first era that can ask its person something. What is asked there has an id of
 * ours: the SDK would count from the beginning in each request, and wait for an answer that another request brings. `meta` is
 * said with each message.
 */
export function openCallStream(
  { server, mcpReq }: Calling,
  session: ClientSession | null,
  meta?: Record<string, unknown>,
): CallStream | null {
  const { transport } = server;
  if (transport === undefined || session === null || !(session.asksByUrl || session.asksByForm)) return null;
  return {
    session,
    send: ({ params, ...message }) => {
      const said = meta === undefined ? params : { ...params, _meta: meta };
      return transport.send({ jsonrpc: "2.0", ...message, params: said }, { relatedRequestId: mcpReq.id });
    },
  };
}
