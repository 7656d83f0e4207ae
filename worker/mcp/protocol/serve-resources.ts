import { ProtocolError } from "@modelcontextprotocol/server";
import type { Server } from "@modelcontextprotocol/server";
import * as z from "zod";
import type { McpCaller } from "../caller.ts";
import type { ResourceSource } from "../resources/resource-source.ts";
import { INVALID_PARAMS } from "./error-numbers.ts";
import { orProtocolError } from "./or-protocol-error.ts";
import { foreignCursor, onePageParams, pageParams, refuseOtherPages } from "./page-cursor.ts";

const readParams = z.looseObject({ uri: z.string().max(4000) });

/** Answers what is asked of the resources in this caller's name. */
export function serveResources(server: Server, resources: ResourceSource, caller: McpCaller): void {
  server.setRequestHandler("resources/list", { params: pageParams }, async ({ cursor }) => {
    const page = await orProtocolError(resources.list(caller, cursor));
    if (page !== null) return page;
    throw foreignCursor(cursor);
  });
  server.setRequestHandler("resources/templates/list", { params: onePageParams }, (params) => {
    refuseOtherPages(params);
    return { resourceTemplates: [...resources.templates(caller)] };
  });
  server.setRequestHandler("resources/read", { params: readParams }, async ({ uri }) => {
    const content = await orProtocolError(resources.read(caller, uri));
    if (content !== null) return { contents: [content] };
    // Both eras' clients know a resource that is not there by the address in the error.
    throw new ProtocolError(INVALID_PARAMS, `There is no resource ${uri}.`, { uri });
  });
}
