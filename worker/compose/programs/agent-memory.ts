import type { AgentMemory } from "../../agents/build-prompt.ts";
import { openMemoryDriver } from "../../agents/tools/memory-driver.ts";
import { whyWaiting } from "../../agents/why-waiting.ts";
import { readMemory, rememberLearning } from "../../memory/service.ts";
import type { RunSpec } from "../../runs/spec/run-spec.ts";
import { CallRecords } from "../../tools/call-records.ts";
import type { ToolDriver } from "../../tools/gate-api.ts";
import { memoryDeps } from "../context-deps.ts";
import type { Host } from "../host.ts";
import type { ProgramTools } from "./attempt-deps.ts";
import { openMask } from "./open-gate.ts";

/** What an agent is told at first of what it remembers, and the rules that people have given it. */
export async function readAgentMemory(
  host: Host,
  { agent, worker_id: workerId }: RunSpec,
): Promise<AgentMemory> {
  const memory = agent?.memory ?? null;
  const known = await readMemory(host, { workerId, remembers: memory !== null });
  return { folder: memory?.folder ?? null, writeable: memory?.writeable === true, ...known };
}

/** remember_learning of a run. What it may have from strangers waits for a person: it would stand in the prompt of every later run. */
export function openMemory(tools: ProgramTools): ToolDriver {
  const { host, entries, order } = tools;
  const { spec, attempt } = order;
  const records = new CallRecords(entries);
  const mask = openMask(tools);
  return openMemoryDriver({
    whyWaiting: () => whyWaiting(spec, records.isTainted),
    remember: async ({ call_id, learning, source, why_waiting }) => {
      const shown = await mask({ learning, source });
      return rememberLearning(memoryDeps(host), {
        ...shown,
        why_waiting,
        workspace_id: spec.workspace_id,
        worker_id: spec.worker_id,
        run_id: spec.run_id,
        call_key: `${spec.run_id}/${attempt}/${call_id}`,
      });
    },
  });
}
