import { readBindings, readConfig } from "../env.ts";
import type { Config, EdgeEnv } from "../env.ts";
import type { WatchApi } from "../anomalies/watch-api.ts";
import type { AttemptApi } from "../attempts/attempt-api.ts";
import type { AuditChainApi } from "../audit/chain/chain-api.ts";
import type { WorkspaceId } from "#contract/ids";
import type { ForeseenWorker } from "../catalog/foreseen-worker.ts";
import { systemClock } from "../platform/clock.ts";
import { createDb } from "../platform/db/client.ts";
import type { Db } from "../platform/db/client.ts";
import { createFiles } from "../platform/files.ts";
import type { Files } from "../platform/files.ts";
import { newId } from "../platform/ids.ts";
import type { EvaluationApi } from "../evaluations/evaluation-api.ts";
import type { ConnectionApi } from "../connections/connection-api.ts";
import type { DependencyBuilds } from "../runs/ports/dependency-builds.ts";
import type { RunObjectStub } from "../runs/record/run-api.ts";
import type { BuildUpkeepApi, HousekeeperApi } from "../retention/housekeeper-api.ts";
import type { StoreApi, StorePlace } from "../store/store-api.ts";
import type { CapacityApi, RoomGuest } from "../sandboxes/capacity-api.ts";
import {
  attemptStub,
  buildStub,
  capacityStub,
  chainStub,
  connectionStub,
  evaluationStub,
  housekeeperStub,
  runStub,
  storeStub,
  workerParts,
} from "./stubs.ts";
import type { Buildable, WorkerParts } from "./stubs.ts";

/**
 * What every room and every object is built from, for one request or one object. Nothing of it is made before it is
 * asked for, so that a request pays for what its own room uses.
 */
export class Host {
  readonly clock = systemClock;
  readonly newId = newId;
  /** Origin for the links of the answer that is being made; an object answers nobody and has the settings' own. */
  readonly linkOrigin: string;
  /** Has work go on behind the answer that is being made; an object lives on by itself. The work tells of its own faults. */
  readonly behind: (work: Promise<unknown>) => void;
  /** The worker that the request names, where it was asked for together with whoever asks. */
  foreseen: ForeseenWorker | undefined;
  #marked: { workspaceId: WorkspaceId; mark: number } | undefined;
  readonly #env: EdgeEnv;
  #db: Db | undefined;
  #files: Files | undefined;

  constructor(env: EdgeEnv, linkOrigin: string, behind: (work: Promise<unknown>) => void = letGo) {
    this.#env = env;
    this.linkOrigin = linkOrigin;
    this.behind = behind;
  }

  /** Notes what a workspace's catalog was marked with when it was found out who asks; see `readCatalogMark`. */
  noteMark(workspaceId: WorkspaceId, mark: number): void {
    this.#marked = { workspaceId, mark };
  }

  /** That mark, once: whoever asks again wants to know what has changed since. */
  readonly takeMark = (workspaceId: WorkspaceId): number | undefined => {
    const marked = this.#marked;
    this.#marked = undefined;
    return marked?.workspaceId === workspaceId ? marked.mark : undefined;
  };

  get config(): Config {
    return readConfig(this.#env);
  }

  /** Origin at which this edge is reached from outside, by its settings alone; empty where they say none. */
  get publicUrl(): string {
    return this.config.publicUrl;
  }

  /** The network of public addresses alone, where there is one. */
  get publicNetwork(): Fetcher | undefined {
    return readBindings(this.#env).publicNetwork;
  }

  get db(): Db {
    return (this.#db ??= createDb(readBindings(this.#env).db));
  }

  get files(): Files {
    return (this.#files ??= createFiles(readBindings(this.#env).files));
  }

  /** The object of one run. */
  run(runId: string): RunObjectStub {
    return runStub(readBindings(this.#env), runId);
  }

  /** The object of one attempt that the edge carries out by itself. */
  attempt(runId: string, attempt: number): AttemptApi {
    return attemptStub(readBindings(this.#env), runId, attempt);
  }

  /** The parts of one worker's object, by the worker's uid. */
  worker(workerId: string): WorkerParts {
    return workerParts(readBindings(this.#env), workerId);
  }

  /** The one object that is asked before every sandbox. */
  get capacity(): CapacityApi {
    return capacityStub(readBindings(this.#env));
  }

  /** The object that keeps a workspace's house. */
  housekeeper(workspaceId: string): HousekeeperApi {
    return housekeeperStub(readBindings(this.#env), workspaceId);
  }

  /** The object that builds the dependencies of one version, or one template. */
  builds(of: Buildable): DependencyBuilds & BuildUpkeepApi & RoomGuest {
    return buildStub(readBindings(this.#env), of);
  }

  /** The object that holds the store of a worker or of a workspace. */
  store(place: StorePlace): StoreApi {
    return storeStub(readBindings(this.#env), place);
  }

  /** The chain of a workspace's record of changes. */
  chain(workspaceId: string): AuditChainApi {
    return chainStub(readBindings(this.#env), workspaceId);
  }

  /** What watches over the calls of a workspace's workers. */
  watch(workspaceId: string): WatchApi {
    return chainStub(readBindings(this.#env), workspaceId);
  }

  /** The object of one connection. */
  connection(connectionId: string): ConnectionApi {
    return connectionStub(readBindings(this.#env), connectionId);
  }

  /** The object that carries out one evaluation. */
  evaluation(evaluationId: string): EvaluationApi {
    return evaluationStub(readBindings(this.#env), evaluationId);
  }

  /** Calls `act` in so many milliseconds; what it answers takes that back. */
  after(ms: number, act: () => void): () => void {
    const timer = setTimeout(act, ms);
    return () => clearTimeout(timer);
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, ms));
  }
}

function letGo(work: Promise<unknown>): void {
  void work;
}

/** The host of a Durable Object: no request tells it where this edge is reached, only the settings can. */
export function openObjectHost(env: EdgeEnv): Host {
  return new Host(env, readConfig(env).publicUrl);
}
