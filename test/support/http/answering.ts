import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";

/**
 * A listener for work that may fail. A caller who has left before the end is told nothing, one who has been told
 * something already is left, and any other is told what went wrong: nothing of it goes beside the test.
 */
export function answering(
  act: (request: IncomingMessage, response: ServerResponse) => Promise<unknown>,
): RequestListener {
  return (request, response) => {
    act(request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else response.writeHead(500).end(String(error));
    });
  };
}
