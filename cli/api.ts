import { ApiProblem, createClient } from "#contract/client";
import type { Client } from "#contract/client";
import { isPassingFailure } from "#contract/follow";
import { CliError, UNEXPECTED_ANSWER } from "./cli-error.ts";
import type { Connection } from "./config.ts";
import type { Host } from "./host.ts";

export type Api = Client<Response>;

/** The typed client for one server. No answer at all becomes a CliError that says how to get one. */
export function openApi(host: Host, connection: Connection): Api {
  const { origin, token } = connection;
  return createClient<Response>({
    origin,
    token,
    fetch: async (url, init) => {
      try {
        return await host.fetch(url, init);
      } catch (cause) {
        if (host.interrupt.aborted || isAbort(cause)) throw cause;
        throw unreachable(connection, cause);
      }
    },
  });
}

/** True for an error that another try may not meet: no answer, or an answer that says so. */
export function isTransient(error: unknown): boolean {
  if (error instanceof ApiProblem) return isPassingFailure(error);
  return error instanceof CliError && error.exit === "unavailable" && error.code !== UNEXPECTED_ANSWER;
}

const MOST_TRIES = 5;
const RETRY_DELAY_MS = 300;

/** Asks again where another try may go well. What is asked must be harmless to ask twice. */
export async function repeatTransient<T>(
  host: Pick<Host, "sleep" | "interrupt">,
  ask: () => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ask();
    } catch (error) {
      if (attempt === MOST_TRIES || !isTransient(error)) throw error;
      await host.sleep(RETRY_DELAY_MS * attempt, host.interrupt);
    }
  }
}

export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}

function unreachable({ origin, originSource }: Connection, cause: unknown): CliError {
  const code = findErrorCode(cause);
  return new CliError(`No Floom server answers at ${origin}${code === undefined ? "" : ` (${code})`}.`, {
    exit: "unavailable",
    code: "unreachable",
    hint:
      originSource === "FLOOM_API_URL"
        ? "Check FLOOM_API_URL."
        : "Start one with `npm start`, or name another with FLOOM_API_URL.",
    cause,
  });
}

/** The operating system's word for what went wrong, e.g. ECONNREFUSED. */
function findErrorCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ("code" in error && typeof error.code === "string") return error.code;
  return findErrorCode(error.cause);
}
