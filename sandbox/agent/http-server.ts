import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import { Filesystem } from "../gen/filesystem_pb.ts";
import { Process } from "../gen/process_pb.ts";
import { handleControl, type ControlDeps } from "./control-api.ts";
import type { FileMetadata } from "./file-metadata.ts";
import { handleFiles } from "./files-http.ts";
import { createFilesystemService } from "./filesystem-service.ts";
import { replyEmpty, replyError, replyJson } from "./http-reply.ts";
import { createProcessService, type ProcessDeps } from "./process-service.ts";

/** Largest RPC message: a whole `SendInput` payload is held in memory. */
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

export interface ServerDeps extends ProcessDeps, ControlDeps {
  fileMetadata: FileMetadata;
}

/** The agent's HTTP server. It checks no token: only the host can reach its socket. */
export function createAgentServer(deps: ServerDeps): Server {
  const rpc = connectNodeAdapter({
    grpc: false,
    grpcWeb: false,
    readMaxBytes: MAX_MESSAGE_BYTES,
    // Compressing between two processes of one machine only costs time.
    acceptCompression: [],
    routes: (router) => {
      router.service(Process, createProcessService(deps));
      router.service(Filesystem, createFilesystemService(deps.fileMetadata));
    },
    fallback: (request, response) => replyError(response as ServerResponse, 404, `no path ${request.url}`),
  });
  const server = createServer((request, response) => {
    route(request, response, { deps, rpc });
  });
  // Commands stream for hours and the host keeps its connections: nothing is closed for being slow or idle.
  server.requestTimeout = 0;
  server.headersTimeout = 0;
  server.keepAliveTimeout = 0;
  return server;
}

interface Routing {
  deps: ServerDeps;
  rpc: ReturnType<typeof connectNodeAdapter>;
}

function route(request: IncomingMessage, response: ServerResponse, { deps, rpc }: Routing): void {
  const path = (request.url ?? "").split("?", 1)[0] ?? "";
  if (path === "/health") replyEmpty(response);
  else if (path === "/metrics") replyJson(response, 200, deps.metrics.read());
  else if (path === "/files") settle(handleFiles(request, response, deps.fileMetadata), response);
  else if (path.startsWith("/_agent/")) settle(handleControl(request, response, deps), response);
  else rpc(request, response);
}

function settle(handling: Promise<void>, response: ServerResponse): void {
  handling.catch((error: unknown) => {
    if (response.headersSent) response.destroy();
    else replyError(response, 500, error instanceof Error ? error.message : String(error));
  });
}
