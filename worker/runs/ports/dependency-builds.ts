import type { WorkerId, WorkspaceId } from "#contract/ids";
import type { NamedTemplate } from "#contract/templates/template";
import type { LaunchRefusal } from "./executor.ts";

/** Whose dependencies are wanted: those of one version. */
export interface DependencyOrder {
  kind: "dependencies";
  workspace_id: WorkspaceId;
  worker_id: WorkerId;
  bundle_digest: string;
  install_timeout_seconds: number;
  /** What the build's sandbox is made of, as the run's: what one of them has, the other must have too. */
  sandbox_template: string | null;
}

/** Which template is wanted. Its name says all that is in it: whoever wants the same waits for one build. */
export interface TemplateOrder {
  kind: "template";
  template: NamedTemplate;
}

export type BuildOrder = DependencyOrder | TemplateOrder;

/** An attempt that waits for what is built. */
export interface BuildWaiter {
  run_id: string;
  attempt: number;
  /** When it began to want it, epoch milliseconds: what came to nothing before that is tried again for it. */
  since: number;
}

/**
 * `pending`: it is being built, and whoever asked is told of the end. `ended`: it is kept now, or the last line is the
 * result that says why not. `refused`: it cannot be built now.
 */
export type BuildAnswer = { kind: "pending" } | { kind: "ended"; lines: readonly string[] } | LaunchRefusal;

/** The port to whatever builds what runs depend on, once for all of them. May be asked again at any time. */
export interface DependencyBuilds {
  ask(order: BuildOrder, waiter: BuildWaiter): Promise<BuildAnswer>;
}
