import { timingSafeEqual } from "node:crypto";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createConnectRouter } from "@connectrpc/connect";
import { universalRequestFromNodeRequest, universalResponseToNodeResponse } from "@connectrpc/connect-node";
import { Filesystem } from "../../gen/filesystem_pb.ts";
import { Process } from "../../gen/process_pb.ts";
import { handleControl } from "./control-api.ts";
import type { ControlDeps } from "./control-api.ts";
import type { FileMetadata } from "../files/file-metadata.ts";
import { handleFiles } from "../files/files-http.ts";
import { createFilesystemService } from "../files/filesystem-service.ts";
import { replyEmpty, replyError, replyJson } from "../http-reply.ts";
import { createProcessService } from "../process/process-service.ts";
import type { ProcessDeps } from "../process/process-service.ts";

const HOST_TOKEN_HEADER = "x-agent-token";

/** Largest RPC message: a whole `SendInput` payload is held in memory. */
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

export interface ServerDeps extends ProcessDeps, ControlDeps {
  fileMetadata: FileMetadata;
  /** What the host says with every request; undefined for an agent that was started by hand. */
  hostToken: string | undefined;
}

/** The agent's HTTP server. Whoever does not know the host's token learns nothing from it, not even that it lives. */
export function createAgentServer(deps: ServerDeps): Server {
  // Importing `node:http` by name makes Node load its whole `fetch`, which doubles the agent's start-up time; and with
  // it loaded the agent's snapshot cannot be taken.
  const { createServer } = process.getBuiltinModule("node:http");
  const rpc = createRpcHandler(deps);
  const server = createServer((request, response) => route(request, response, { deps, rpc }));
  // Commands stream for hours and the host keeps its connections: nothing is closed for being slow or idle.
  server.requestTimeout = 0;
  server.headersTimeout = 0;
  server.keepAliveTimeout = 0;
  return server;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

interface Routing {
  deps: ServerDeps;
  rpc: Handler;
}

/** connect's own Node adapter, but for its habit of printing every client that goes away. */
function createRpcHandler(deps: ServerDeps): Handler {
  const router = createConnectRouter({
    grpc: false,
    grpcWeb: false,
    readMaxBytes: MAX_MESSAGE_BYTES,
    // Compressing between two processes of one machine only costs time.
    acceptCompression: [],
  });
  router.service(Process, createProcessService(deps));
  router.service(Filesystem, createFilesystemService(deps.fileMetadata));
  const byPath = new Map(router.handlers.map((handler) => [handler.requestPath, handler]));
  return async (request, response) => {
    const handler = byPath.get(pathOf(request));
    if (handler === undefined) return replyError(response, 404, `no path ${request.url}`);
    const answer = await handler(universalRequestFromNodeRequest(request, response, undefined, undefined));
    await universalResponseToNodeResponse(answer, response);
  };
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? "").split("?", 1)[0] ?? "";
}

function route(request: IncomingMessage, response: ServerResponse, { deps, rpc }: Routing): void {
  const path = pathOf(request);
  if (!isFromHost(request, deps.hostToken)) {
    request.resume();
    replyError(response, 403, "not for you");
  } else if (path === "/health") replyEmpty(response);
  else if (path === "/metrics") replyJson(response, 200, deps.metrics.read());
  else if (path === "/files") settle(handleFiles(request, response, deps.fileMetadata), response);
  else if (path.startsWith("/_agent/")) settle(handleControl(request, response, deps), response);
  else settle(rpc(request, response), response);
}

function isFromHost(request: IncomingMessage, token: string | undefined): boolean {
  if (token === undefined) return true;
  const said = Buffer.from(String(request.headers[HOST_TOKEN_HEADER] ?? ""));
  const expected = Buffer.from(token);
  return said.length === expected.length && timingSafeEqual(said, expected);
}

function settle(handling: Promise<void>, response: ServerResponse): void {
  handling.catch((error: unknown) => {
    if (response.headersSent) response.destroy();
    else replyError(response, 500, error instanceof Error ? error.message : String(error));
  });
}
