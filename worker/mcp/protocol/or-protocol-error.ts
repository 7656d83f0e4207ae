import { ProtocolError } from "@modelcontextprotocol/server";
import { ApiProblem } from "#contract/client";
import { describeError, log } from "../../platform/log.ts";
import { INTERNAL_ERROR, INVALID_PARAMS } from "./error-numbers.ts";

/** What has no result of its own to be refused in, is refused by an error of the protocol: the routes' own words. */
export async function orProtocolError<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ProtocolError) throw error;
    if (error instanceof ApiProblem) {
      const { status, detail, code } = error.problem;
      throw new ProtocolError(status === 422 ? INVALID_PARAMS : INTERNAL_ERROR, detail, { code });
    }
    log("error", "mcp.failed", { error: describeError(error) });
    throw new ProtocolError(INTERNAL_ERROR, "That is this server's fault. Try again.");
  }
}
