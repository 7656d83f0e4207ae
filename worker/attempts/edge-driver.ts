import { saidByOwner } from "../runs/ports/executor.ts";
import type { FileRead, JournalRead, LaunchResult } from "../runs/ports/executor.ts";
import type { EdgeAttempts, EdgeLaunch } from "../runs/ports/edge-attempts.ts";
import type { AttemptApi } from "./attempt-api.ts";

const PREFIX = "edge:";

/** The object of one attempt of a run. */
export type OpenAttempt = (runId: string, attempt: number) => AttemptApi;

/** What stands for the attempt where a sandbox has its id: `edge:<run>:<attempt>`. */
function idOf(runId: string, attempt: number): string {
  return `${PREFIX}${runId}:${attempt}`;
}

function readId(id: string): { runId: string; attempt: number } {
  const [runId, attempt] = id.slice(PREFIX.length).split(":");
  if (!id.startsWith(PREFIX) || runId === undefined) throw new Error(`${id} is no attempt of the edge.`);
  return { runId, attempt: Number(attempt) };
}

/** Carries out attempts in objects of the edge. */
export class EdgeDriver implements EdgeAttempts {
  readonly #open: OpenAttempt;
  readonly #killSandboxes: (runId: string, attempt: number) => Promise<boolean>;

  /** `killSandboxes`: true once no sandbox of that attempt is left. */
  constructor(open: OpenAttempt, killSandboxes: (runId: string, attempt: number) => Promise<boolean>) {
    this.#open = open;
    this.#killSandboxes = killSandboxes;
  }

  #find(id: string): AttemptApi {
    const { runId, attempt } = readId(id);
    return this.#open(runId, attempt);
  }

  async launch({ spec, attempt, launch, chosen, contexts, order }: EdgeLaunch): Promise<LaunchResult> {
    const object = this.#open(spec.run_id, attempt);
    const bound = await object.bind(launch);
    // Its script is in another one, of which nothing is left.
    if (chosen !== null && bound !== chosen) return saidByOwner();
    if (!(await order({ launch: bound }))) return { kind: "overtaken" };
    if (!(await object.begin({ spec, attempt, contexts }))) return saidByOwner();
    return { kind: "launched", sandboxId: idOf(spec.run_id, attempt), launch: bound };
  }

  async readJournal(id: string, offset: number, maxBytes: number): Promise<JournalRead> {
    const read = await this.#find(id).readJournal(offset, maxBytes);
    return read === null ? saidByOwner() : { kind: "read", bytes: read.bytes, runnerAlive: read.isAlive };
  }

  /** What an attempt of the edge leaves is in storage before it is told. */
  async openFile(): Promise<FileRead> {
    return { kind: "missing" };
  }

  kill(id: string): Promise<boolean> {
    const { runId, attempt } = readId(id);
    return this.killAttempt(runId, attempt);
  }

  async wake(runId: string, attempt: number): Promise<void> {
    await this.#open(runId, attempt).wake();
  }

  async forget(runId: string, attempts: number): Promise<void> {
    const numbers = Array.from({ length: attempts }, (_, index) => index + 1);
    await Promise.all(numbers.map((attempt) => this.#open(runId, attempt).forget()));
  }

  /** A sandbox that the attempt may have for its commands goes with it, as a script's does. */
  async killAttempt(runId: string, attempt: number): Promise<boolean> {
    const mayHaveSandbox = await this.#open(runId, attempt).stop();
    return !mayHaveSandbox || this.#killSandboxes(runId, attempt);
  }
}
