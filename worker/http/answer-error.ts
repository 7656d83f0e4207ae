import { AppError } from "../platform/app-error.ts";
import { describeError, log } from "../platform/log.ts";
import { toldPath } from "./told-path.ts";
import { problemResponse } from "./problem-response.ts";

/** Every refusal and every fault of a request ends here: known ones as they are, unknown ones as `internal`. */
export function answerError(
  thrown: unknown,
  { requestId, request }: { requestId: string; request: Request },
) {
  const instance = toldPath(URL.parse(request.url)?.pathname ?? "/");
  if (thrown instanceof AppError) return problemResponse(thrown, { instance, requestId });
  log("error", "request.failed", { request_id: requestId, path: instance, error: describeError(thrown) });
  const error = new AppError("internal", `Something broke on our side. Report it with the id ${requestId}.`);
  return problemResponse(error, { instance, requestId });
}
