import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { ApiProblem } from "#contract/client";
import type { Client } from "#contract/client";
import { routes } from "#contract/routes";
import { isTerminal } from "#contract/runs/run";
import type { Inputs, RunDetail } from "#contract/runs/run";
import { writeZip } from "./zip.ts";

const WAIT_SECONDS = 20;
/** A run that has not ended after so long is cancelled. */
const PATIENCE_MS = 120_000;

export interface RunOptions {
  patienceMs?: number;
  /** Statuses at which nothing more is waited for, besides the last ones. */
  until?: RunDetail["status"];
}

/** The workers that the suite makes, each under a name that nobody else has, and their runs. */
export class Yard {
  readonly #client: Client<Response>;
  readonly #made = new Set<string>();
  readonly #suffix = randomBytes(4).toString("hex");

  constructor(client: Client<Response>) {
    this.#client = client;
  }

  /** A name of this suite's own. */
  name(kind: string): string {
    return `attack-${kind}-${this.#suffix}`;
  }

  /** Pushes files as a worker of that name, which is gone in the end. */
  async push(name: string, files: Readonly<Record<string, string>>): Promise<void> {
    this.#made.add(name);
    const body = writeZip(Object.entries(files).map(([path, data]) => ({ name: path, data })));
    await this.#client.call(routes.putWorkerBundle, {
      params: { worker: name },
      body,
      headers: { "content-type": "application/zip" },
    });
  }

  /** A name that a push outside of `push` may have made into a worker. */
  note(name: string): void {
    this.#made.add(name);
  }

  async start(worker: string, inputs: Inputs): Promise<string> {
    return (await this.#client.call(routes.startRun, { params: { worker }, json: { inputs } })).id;
  }

  /** The run's record once it has ended; a run that does not end in time is cancelled, and answered as it is then. */
  async end(run: string, { patienceMs = PATIENCE_MS, until }: RunOptions = {}): Promise<RunDetail> {
    const deadline = performance.now() + patienceMs;
    for (;;) {
      const detail = await this.#client.call(routes.getRun, { params: { run } });
      if (isTerminal(detail.status) || detail.status === until) return detail;
      if (performance.now() > deadline) return this.cancel(run);
      await sleep(250);
    }
  }

  /** Starts a run and follows it to its end. */
  async run(worker: string, inputs: Inputs, options: RunOptions = {}): Promise<RunDetail> {
    const started = await this.#client.call(routes.startRun, {
      params: { worker },
      query: { wait: WAIT_SECONDS },
      json: { inputs },
    });
    return isTerminal(started.status) || started.status === options.until
      ? started
      : this.end(started.id, options);
  }

  cancel(run: string): Promise<RunDetail> {
    return this.#client.call(routes.cancelRun, { params: { run } });
  }

  /** Every line of a run's log. */
  async log(run: string): Promise<string[]> {
    const { logs } = await this.#client.call(routes.getRunLogs, { params: { run } });
    return logs
      .map(({ message }) => message)
      .join("\n")
      .split("\n");
  }

  /** Removes every worker that was made, triggers and alerts with it. */
  async clear(): Promise<void> {
    for (const worker of this.#made) {
      await this.#endRuns(worker);
      await this.#client.call(routes.deleteWorker, { params: { worker } }).catch(ignoreMissing);
    }
  }

  async #endRuns(worker: string): Promise<void> {
    const query = { worker_id: worker, limit: 100 };
    const { runs } = await this.#client.call(routes.listRuns, { query });
    for (const { id, status } of runs) if (!isTerminal(status)) await this.cancel(id).catch(ignoreMissing);
  }
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof ApiProblem)) throw error;
}
