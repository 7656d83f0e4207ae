import type { WorkerId, WorkspaceId } from "#contract/ids";
import type { LaunchRefusal } from "./executor.ts";

/** Whose dependencies are wanted: those of one version. */
export interface BuildOrder {
  workspace_id: WorkspaceId;
  worker_id: WorkerId;
  bundle_digest: string;
  install_timeout_seconds: number;
}

/** An attempt that waits for them. */
export interface BuildWaiter {
  run_id: string;
  attempt: number;
  /** When it began to want them, epoch milliseconds: what came to nothing before that is tried again for it. */
  since: number;
}

/**
 * `pending`: they are being built, and whoever asked is told of the end. `ended`: they are kept now, or the last line is
 * the result that says why not. `refused`: there is no sandbox to build them in.
 */
export type BuildAnswer = { kind: "pending" } | { kind: "ended"; lines: readonly string[] } | LaunchRefusal;

/** The port to whatever builds a version's dependencies, once for all its runs. May be asked again at any time. */
export interface DependencyBuilds {
  ask(order: BuildOrder, waiter: BuildWaiter): Promise<BuildAnswer>;
}
