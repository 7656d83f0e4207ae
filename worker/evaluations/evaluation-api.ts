import type { EvaluationId, WorkerId, WorkerName, WorkspaceId } from "#contract/ids";
import type { NamedSuite } from "#contract/evaluations/suite";

/** What an evaluation is to do. `created_at` is epoch milliseconds. */
export interface EvaluationOrder {
  id: EvaluationId;
  /** The same key is the same evaluation of its worker. */
  key: string;
  workspace_id: WorkspaceId;
  worker_id: WorkerId;
  worker_name: WorkerName;
  version: number;
  /** Of the version's bundle. */
  bundle_digest: string;
  /** Whether these are all suites of the version. */
  whole: boolean;
  suites: readonly NamedSuite[];
  /** The version that it takes the place of when it passes; null where it only tells. */
  activates_over: number | null;
  requested_by: string | null;
  created_at: number;
}

/** The remote calls of an EvaluationObject: one evaluation, from its order to its verdict. */
export interface EvaluationApi {
  /** Begins it, once it is durable; false where its key has begun another one. A repeat changes nothing. */
  begin(order: EvaluationOrder): Promise<boolean>;
  /** How many of its runs are over. */
  countDone(): Promise<number>;
  /** Ends it with its runs. One that has ended stays as it is. */
  cancel(): Promise<void>;
}
