import type { ServerResponse } from "node:http";

/** Answers in the shape of E2B's HTTP errors, `{code, message}`; the client reads both. */
export function replyError(response: ServerResponse, status: number, message: string): void {
  replyJson(response, status, { code: status, message });
}

export function replyJson(response: ServerResponse, status: number, body: unknown): void {
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(status, { "Content-Type": "application/json", "Content-Length": bytes.length });
  response.end(bytes);
}

export function replyEmpty(response: ServerResponse): void {
  response.writeHead(204).end();
}
