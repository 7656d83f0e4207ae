/** A server to be tried, and a token for it. */
export interface InteropPlace {
  /** The address of its `/mcp`. */
  url: string;
  token: string;
}

/** What a client made of a tool's answer. */
export interface CallOutcome {
  text: string;
  isError: boolean;
}

/** A client that is connected, by what everybody does with one. */
export interface InteropClient {
  /** Names of the tools. */
  list: () => Promise<string[]>;
  /** `signal` gives the call up, in whichever way this client does that; then it may be rejected. */
  call: (tool: string, args: Record<string, string | number>, signal?: AbortSignal) => Promise<CallOutcome>;
  close: () => Promise<void>;
}

/** A program that speaks MCP. */
export interface InteropKind {
  name: string;
  /** Whether it asks its person by a form; that person confirms everything. */
  asks: boolean;
  /** Rejected where the server does not let it in; it may also find that out with its first request. */
  open: (place: InteropPlace) => Promise<InteropClient>;
}

/** The texts of a result, as every version of the protocol has them. */
export function textOf(content: readonly { type: string; text?: unknown }[]): string {
  return content.map(({ text }) => (typeof text === "string" ? text : "")).join("\n");
}
