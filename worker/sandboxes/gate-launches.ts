import { describeError, log } from "../platform/log.ts";
import type { CapacityApi } from "./capacity-api.ts";
import type { ClaimVerdict } from "./capacity.ts";
import type { Executor } from "../runs/engine/executor.ts";

/**
 * A driver that asks for room before it launches. When nobody can be asked it launches all the same: the provider
 * refuses by itself what is too much.
 */
export function gateLaunches(driver: Executor, capacity: () => CapacityApi): Executor {
  const ask = async (claim: Parameters<CapacityApi["claim"]>[0]): Promise<ClaimVerdict> => {
    try {
      return await capacity().claim(claim);
    } catch (error) {
      log("warn", "capacity.unanswered", { run_id: claim.run_id, error: describeError(error) });
      return { kind: "granted" };
    }
  };
  return {
    async launch(request) {
      const verdict = await ask({
        run_id: request.runId,
        workspace_id: request.workspaceId,
        lifetime_ms: request.lifetimeMs,
      });
      if (verdict.kind === "granted") return driver.launch(request);
      const { reason, retry_after_ms } = verdict;
      return {
        kind: "refused",
        code: "e2b_quota_exhausted",
        message: reason,
        retryAfterMs: retry_after_ms,
        waits: true,
      };
    },
    readJournal: (sandboxId, offset, maxBytes) => driver.readJournal(sandboxId, offset, maxBytes),
    openFile: (sandboxId, path) => driver.openFile(sandboxId, path),
    kill: (sandboxId) => driver.kill(sandboxId),
    killAttempt: (runId, attempt) => driver.killAttempt(runId, attempt),
  };
}
