import type { Db } from "../platform/db/client.ts";
import { findWorkerOfToken } from "./foreseen-store.ts";
import type { WorkerVersion } from "./store.ts";

/**
 * The worker of a request, looked for while it is found out whose token it shows: two questions to the database side by
 * side where one would wait for the other. It is only ever handed to whom it would be handed anyway: `find` is asked with
 * the workspace of the principal, as the database would be.
 */
export class ForeseenWorker {
  readonly #db: Db;
  readonly #name: string;
  #found: Promise<WorkerVersion | undefined> | undefined;

  constructor(db: Db, name: string) {
    this.#db = db;
    this.#name = name;
  }

  /** Begins to look in the workspace of the token with this hash. */
  look(hash: string): void {
    // What cannot be foreseen is looked for again by whoever needs it, and tells of its faults then.
    this.#found = findWorkerOfToken(this.#db, { hash, name: this.#name }).catch(() => undefined);
  }

  /** The worker with its active version; undefined where it was not foreseen, and has to be looked for. */
  async find(of: { workspaceId: string; workerName: string }): Promise<WorkerVersion | undefined> {
    const found = await this.#found;
    const isIt = found?.worker.workspace_id === of.workspaceId && found.worker.name === of.workerName;
    return isIt ? found : undefined;
  }
}
