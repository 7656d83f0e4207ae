import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { routes } from "#contract/routes";
import type { BenchFloom } from "../harness/bench-floom.ts";
import { readChildren, readCpuTime, readTreeMs } from "../harness/cpu-time.ts";
import type { Measurement } from "../harness/measurement.ts";
import { median } from "../harness/statistics.ts";

const BLOCKS = 4;
const RUNS_PER_BLOCK = 10;
/** Between runs, so that each takes a sandbox of the pool, and the pool is filled again. */
const PAUSE_MS = 450;
/** After a block: what it left behind ends, and the pool is as full as before it. */
const SETTLE_MS = 2_500;

/** How the sandbox server names what it starts sandboxes with; it has other children too. */
const isSandbox = (command: string): boolean => command.startsWith("sandbox-");
/** The program whose forks wait in sandboxes. What a fork spends until it is inside, it spends as this one's child. */
const isForkParent = (command: string): boolean => command.includes("\0--fork\0");

const outputsSchema = z.object({ agent_ms: z.number(), runner_ms: z.number() });

/** Milliseconds of processor time of one run, by who spent them. */
interface CpuOfRun {
  edge: number;
  server: number;
  agent: number;
  runner: number;
  script: number;
  /** Bubblewrap, mounts and shells, where no launcher makes the sandbox: what that takes is mostly the agent's. */
  launch: number;
  /** Getting the program that waits into the sandbox. */
  forks: number;
}

/**
 * What one run of a tiny script costs in processor time, all processes together, the sandbox that takes the place of the
 * used one in the pool included. What is inside a sandbox is told by the script: nobody waits for processes that end with
 * their sandbox, so the kernel adds their time to nobody's. What happens after the script's end is therefore missing: the
 * runner's last post, and the ends of processes.
 */
export async function measureRunCpu(floom: BenchFloom): Promise<Measurement[]> {
  await takeBlock(floom, 3);
  const blocks: CpuOfRun[] = [];
  for (let block = 0; block < BLOCKS; block++) blocks.push(await takeBlock(floom, RUNS_PER_BLOCK));
  const parts = (["edge", "server", "agent", "runner", "script", "launch", "forks"] as const).map(
    (part) => `${part} ${Math.round(median(blocks.map((block) => block[part])))}`,
  );
  return [
    {
      id: "cpu_per_run",
      title: "processor time per run, all processes",
      unit: "ms",
      samples: blocks.map((block) => sumOf(block)),
      floor: null,
      note: parts.join(", "),
    },
  ];
}

function sumOf({ edge, server, agent, runner, script, launch, forks }: CpuOfRun): number {
  return edge + server + agent + runner + script + launch + forks;
}

function sumOfChildren(parent: number, isWanted: (command: string) => boolean): number {
  return readChildren(parent, isWanted).reduce((sum, { ownMs, endedMs }) => sum + ownMs + endedMs, 0);
}

async function takeBlock(floom: BenchFloom, runs: number): Promise<CpuOfRun> {
  await sleep(SETTLE_MS);
  const { edge, sandbox } = floom.pids();
  const forksBefore = sumOfChildren(sandbox, isForkParent);
  const before = { edge: readTreeMs(edge), server: readCpuTime(sandbox) };
  const inside = { agent: 0, runner: 0, script: 0 };
  for (let run = 0; run < runs; run++) {
    const { agent, runner, script } = await takeRun(floom);
    inside.agent += agent / runs;
    inside.runner += runner / runs;
    inside.script += script / runs;
    await sleep(PAUSE_MS);
  }
  await sleep(SETTLE_MS);
  const ready = readChildren(sandbox, isSandbox).length;
  return {
    edge: (readTreeMs(edge) - before.edge) / runs,
    server: (readCpuTime(sandbox).ownMs - before.server.ownMs) / runs,
    ...inside,
    launch: sumOfChildren(sandbox, isSandbox) / Math.max(1, ready),
    forks: (sumOfChildren(sandbox, isForkParent) - forksBefore) / runs,
  };
}

async function takeRun({ client }: BenchFloom): Promise<{ agent: number; runner: number; script: number }> {
  const options = { params: { worker: "count-cpu" }, query: { wait: 30 }, json: { inputs: {} } };
  const { status, error, outputs, usage } = await client.call(routes.startRun, options);
  if (status !== "completed" || usage === null)
    throw new Error(`count-cpu did not complete: ${status} ${error ?? ""}`);
  const { agent_ms: agent, runner_ms: runner } = outputsSchema.parse(outputs);
  return { agent, runner, script: usage.cpu_ms };
}
