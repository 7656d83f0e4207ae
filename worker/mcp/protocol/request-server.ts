import { Server } from "@modelcontextprotocol/server";
import type { JSONRPCRequest, Result, ServerContext } from "@modelcontextprotocol/server";

type Handle = (request: JSONRPCRequest, serving: ServerContext) => Promise<Result>;

/**
 * The SDK's server for the requests of one connection, which is closed as soon as they are answered. The SDK would give
 * up by their signals what has been answered by then as well: nobody hears that, and it takes a tenth of a short request.
 * What is at work still is given up as ever.
 */
export class RequestServer extends Server {
  #atWork = 0;

  protected override _wrapHandler(method: string, handle: Handle): Handle {
    const wrapped = super._wrapHandler(method, handle);
    return async (request, serving) => {
      this.#atWork += 1;
      try {
        return await wrapped(request, serving);
      } finally {
        this.#atWork -= 1;
      }
    };
  }

  protected override _onclose(): void {
    if (this.#atWork === 0) this["_requestHandlerAbortControllers"].clear();
    super._onclose();
  }
}
