import type { JournalEntry, RunnerConfig } from "#contract/runner/runner";
import { saidByOwner } from "../../../worker/runs/ports/executor.ts";
import type {
  BuildLaunch,
  BuildRequest,
  JournalRead,
  LaunchRequest,
  LaunchResult,
  Executor,
} from "../../../worker/runs/ports/executor.ts";

/** A sandbox provider in memory: what was asked of it, and what it shall answer next. */
export interface FakeExecutor extends Executor {
  /** Each with the orders that the runner got; null where it was not started. */
  launches: (LaunchRequest & { config: RunnerConfig | null })[];
  /** The number of the sandbox that each attempt has; the newest of that attempt. */
  numbers: Map<number, number>;
  /** Builds of dependencies that were begun. */
  builds: BuildRequest[];
  /** The archive that a build has left in its sandbox. */
  built: Uint8Array<ArrayBuffer> | null;
  killed: string[];
  /** Answers for the next launches, in order; afterwards every launch works. */
  launchAnswers: LaunchResult[];
  buildAnswers: BuildLaunch[];
  /** The journal as it lies in the sandbox. */
  journal: Uint8Array;
  /** What a look into the sandbox finds: read the journal, or the sandbox is gone or out of reach. */
  reach: "read" | "gone" | "unavailable";
  runnerAlive: boolean;
  files: Map<string, string>;
}

const encoder = new TextEncoder();

/** When its sandboxes end by themselves: no test lasts so long. */
export const fakeEndsAt = Date.UTC(2100, 0);

export function toJournal(entries: readonly JournalEntry[]): Uint8Array {
  return encoder.encode(entries.map((entry) => `${JSON.stringify(entry)}\n`).join(""));
}

export function createFakeExecutor(): FakeExecutor {
  const fake: FakeExecutor = {
    launches: [],
    numbers: new Map(),
    builds: [],
    built: null,
    killed: [],
    launchAnswers: [],
    buildAnswers: [],
    journal: new Uint8Array(),
    reach: "read",
    runnerAlive: true,
    files: new Map(),
    async launch(request) {
      const { attempt, recover, chosen } = request;
      const asked = { ...request, config: null as RunnerConfig | null };
      fake.launches.push(asked);
      const answer = fake.launchAnswers.shift();
      if (answer) return answer;
      const launch = chosen ?? (recover ? fake.numbers.get(attempt) : undefined) ?? request.launch;
      asked.config = await request.order({ launch });
      if (asked.config === null) return { kind: "overtaken" };
      fake.numbers.set(attempt, launch);
      const sandboxId = `sbx-${request.runId}-${attempt}`;
      return { kind: "launched", sandboxId, launch, endsAt: fakeEndsAt };
    },
    async build(request) {
      fake.builds.push(request);
      return fake.buildAnswers.shift() ?? { kind: "launched", sandboxId: `sbx-build-${request.attempt}` };
    },
    async openBuilt() {
      return fake.built ? { kind: "open", body: new Blob([fake.built]).stream() } : { kind: "missing" };
    },
    async readJournal(_sandboxId, offset, maxBytes): Promise<JournalRead> {
      if (fake.reach === "gone") return saidByOwner();
      if (fake.reach === "unavailable") return { kind: "unavailable" };
      return {
        kind: "read",
        bytes: fake.journal.subarray(offset, offset + maxBytes),
        runnerAlive: fake.runnerAlive,
      };
    },
    async openFile(_sandboxId, path) {
      if (fake.reach === "gone") return saidByOwner();
      if (fake.reach === "unavailable") throw new Error("The sandbox is out of reach.");
      const content = fake.files.get(path);
      return content === undefined
        ? { kind: "missing" }
        : { kind: "open", body: new Blob([content]).stream() };
    },
    async kill(sandboxId) {
      fake.killed.push(sandboxId);
      return true;
    },
    async killAttempt(runId, attempt) {
      fake.killed.push(`attempt ${attempt} of ${runId}`);
      return true;
    },
  };
  return fake;
}
