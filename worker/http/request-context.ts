/** What the protocol layer knows of one request before any room is asked. */
export interface RequestContext {
  requestId: string;
  /** Scheme, host and port the request came to, e.g. http://127.0.0.1:8787. */
  origin: string;
  request: Request;
  /** Keeps the script alive for work that goes on behind the answer. */
  waitUntil: (work: Promise<unknown>) => void;
}
