import type { Principal } from "#contract/access/access";
import { createClient } from "#contract/client";
import type { Client } from "#contract/client";
import { actFor } from "../access/acting.ts";
import { markRequest } from "../http/call-mark.ts";
import type { WorkerVersion } from "../catalog/store.ts";
import type { ClientSession } from "./sessions/client-session.ts";

/** What one request of a client of MCP may do, and as whom. */
export interface McpCaller {
  principal: Principal;
  /** The origin that links begin with. */
  publicUrl: string;
  /** Asks the routes of this server, within this script, as the principal. */
  api: Client<Response>;
  /** Another number whenever the workspace's workers, secrets or contexts have changed in what a list says of them. */
  readMark: () => Promise<number>;
  /** For each of these runs of the workspace, a text that is another one whenever the run has come a step further. */
  readRunMarks: (ids: readonly string[]) => Promise<ReadonlyMap<string, string>>;
  /** The workers that the principal may know of, with their active versions. */
  listWorkers: () => Promise<readonly WorkerVersion[]>;
  /** The one of this name, with its active version, if the principal may know of it. */
  findWorker: (name: string) => Promise<WorkerVersion | undefined>;
  /** The name of the worker whose tools are called so by its worker.yml, whether or not the principal may know of it. */
  findToolHolder: (stem: string) => Promise<string | undefined>;
  /** For each want, the secrets that its worker declares and does not get. */
  findMissingSecrets: (
    wants: readonly { workerId: string; names: readonly string[] }[],
  ) => Promise<string[][]>;
  /** A signal that aborts when nobody will answer this question about a run any more. Listens until `over` aborts. */
  hearLeft: (run: string, question: string, over: AbortSignal) => Promise<AbortSignal>;
  /** Says so to the call that waits with the question, wherever that is. */
  tellLeft: (run: string, question: string) => Promise<void>;
  /** Lets work come to its end though the client has gone. */
  keep: (work: Promise<unknown>) => void;
  /** What the address asks for: which tools. */
  wish: ToolWish;
  /** The session of a client of the first era; null for a client without, and for all of the second. */
  session: ClientSession | null;
}

/** Which tools an address asks for. */
export interface ToolWish {
  isFull: boolean;
  /** The one worker whose tools alone are meant; null for all. */
  worker: string | null;
  /** Workers that are listed; null where the address names none. */
  workers: readonly string[] | null;
  tags: readonly string[] | null;
}

/** Reads the wish of an address: `/mcp?toolset=full&workers=a,b&tags=x` or `/mcp/workers/a`. Pure. */
export function readWish(url: URL, worker: string | null): ToolWish {
  const listOf = (name: string) => {
    const text = url.searchParams.get(name);
    return text === null ? null : text.split(",").filter((one) => one !== "");
  };
  return {
    isFull: url.searchParams.get("toolset") === "full",
    worker,
    workers: listOf("workers"),
    tags: listOf("tags"),
  };
}

/** By this header a request of a tool says which call of a client it is part of. It leaves this file as no header. */
export const CALL_HEADER = "floom-call";

/** What a request says of who made it; a request that is part of it says the same. */
const passedOn = ["cf-connecting-ip", "user-agent"];

/**
 * The routes as a client that never leaves this script: each call goes through the same doors as one from outside, as
 * the principal that `request` was found to be of, whose token is not looked at again.
 */
export function openRoutes(
  request: Request,
  of: {
    principal: Principal;
    origin: string;
    takeMark: () => number | undefined;
    answer: (request: Request) => Promise<Response>;
  },
): Client<Response> {
  const said = passedOn.flatMap((name) => {
    const value = request.headers.get(name);
    return value === null ? [] : [[name, value] as const];
  });
  return createClient({
    origin: of.origin,
    token: undefined,
    fetch: (url, { method, headers: { [CALL_HEADER]: mark, ...headers }, body, signal }) => {
      const init = {
        method,
        headers: { ...headers, ...Object.fromEntries(said) },
        body: body ?? null,
        signal: signal ?? null,
      };
      const request = actFor(new Request(url, init), { principal: of.principal, mark: of.takeMark() });
      return of.answer(mark === undefined ? request : markRequest(request, mark));
    },
  });
}
