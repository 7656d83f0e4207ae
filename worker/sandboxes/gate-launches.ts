import { describeError, log } from "../platform/log.ts";
import type { CapacityApi } from "./capacity-api.ts";
import type { ClaimVerdict } from "./capacity.ts";
import type { Executor, LaunchResult } from "../runs/ports/executor.ts";

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
  const whenThereIsRoom = async (
    claim: Parameters<CapacityApi["claim"]>[0],
    launch: () => Promise<LaunchResult>,
  ): Promise<LaunchResult> => {
    const verdict = await ask(claim);
    if (verdict.kind === "granted") return launch();
    const { reason: message, retry_after_ms: retryAfterMs } = verdict;
    return { kind: "refused", code: "e2b_quota_exhausted", message, retryAfterMs, waits: true };
  };
  return {
    launch(request) {
      const { runId: run_id, workspaceId: workspace_id, lifetimeMs: lifetime_ms } = request;
      return whenThereIsRoom({ run_id, workspace_id, lifetime_ms }, () => driver.launch(request));
    },
    build(request) {
      const { buildId: run_id, workspaceId: workspace_id, lifetimeMs: lifetime_ms } = request;
      return whenThereIsRoom({ run_id, workspace_id, lifetime_ms }, () => driver.build(request));
    },
    openBuilt: (sandboxId) => driver.openBuilt(sandboxId),
    readJournal: (sandboxId, offset, maxBytes) => driver.readJournal(sandboxId, offset, maxBytes),
    openFile: (sandboxId, path) => driver.openFile(sandboxId, path),
    kill: (sandboxId) => driver.kill(sandboxId),
    killAttempt: (runId, attempt) => driver.killAttempt(runId, attempt),
  };
}
