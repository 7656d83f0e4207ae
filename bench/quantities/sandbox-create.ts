import { Sandbox } from "e2b";
import { startSandboxServer } from "../../test/support/sandbox-server.ts";
import type { BenchFloom, SdkOptions } from "../harness/bench-floom.ts";
import type { Measurement } from "../harness/measurement.ts";
import { sampleInTurns, timeOf } from "../harness/sample.ts";
import type { Samples } from "../harness/sample.ts";
import { spawnBareSandbox, spawnPython } from "./spawn-floor.ts";

const COLD_PLAN = { rounds: 12, warmUps: 2, pauseMs: 30 };
const POOLED_PLAN = { rounds: 12, warmUps: 2, pauseMs: 250 };

/** How long the SDK waits for a sandbox: started for it, and taken from the pool that Floom keeps. */
export async function measureSandboxCreate({ sdk }: BenchFloom): Promise<Measurement[]> {
  const cold = await sampleCold();
  const pooled = await sampleInTurns(POOLED_PLAN, {
    subject: () => takeCreate(sdk),
    floor: () => timeOf(spawnPython),
  });
  return [
    {
      id: "sandbox_create_cold",
      title: "sandbox create, cold",
      unit: "ms",
      samples: cold.subject,
      floor: { title: "bwrap with a bare Node", samples: cold.floor },
    },
    {
      id: "sandbox_create_pooled",
      title: "sandbox create, from the pool",
      unit: "ms",
      samples: pooled.subject,
      floor: { title: "python3 -c pass", samples: pooled.floor },
    },
  ];
}

async function sampleCold(): Promise<Samples> {
  const server = await startSandboxServer({ pool: 0 });
  try {
    return await sampleInTurns(COLD_PLAN, {
      subject: () => takeCreate(server.sdk),
      floor: () => timeOf(spawnBareSandbox),
    });
  } finally {
    await server.stop();
  }
}

async function takeCreate(sdk: SdkOptions): Promise<number> {
  let sandbox: Sandbox | undefined;
  const spentMs = await timeOf(async () => {
    sandbox = await Sandbox.create({ ...sdk, timeoutMs: 60_000 });
  });
  await sandbox?.kill();
  return spentMs;
}
