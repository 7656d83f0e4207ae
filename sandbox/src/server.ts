import http from "node:http";
import type { Server } from "node:http";
import { handleControl } from "./control/control-plane.ts";
import type { ControlDeps } from "./control/route.ts";
import { log } from "./log.ts";
import { findAddress, isSignedFileRequest, routeRequest } from "./router/route-request.ts";

/**
 * The one HTTP server: requests that name a sandbox go inside it, all others are the control plane's.
 * No time limit on requests, for a command's output may stream for hours.
 */
export function createSandboxServer(deps: ControlDeps): Server {
  const server = http.createServer({ requestTimeout: 0, headersTimeout: 30_000, keepAliveTimeout: 65_000 });
  server.on("request", (request, response) => {
    const isForSandbox = findAddress(request) !== undefined || isSignedFileRequest(request);
    const handled = isForSandbox
      ? routeRequest(request, response, deps)
      : handleControl(request, response, deps);
    handled.catch((error: unknown) => {
      log("request failed", { error: String(error) });
      response.destroy();
    });
  });
  return server;
}
