import { ScriptDesk } from "../../attempts/script-desk.ts";
import { AttemptStorage } from "../../attempts/attempt-storage.ts";
import { resolveConnections } from "../../connections/resolve-service.ts";
import { openScriptTools } from "../../connections/scripts/script-tools.ts";
import { payerOf } from "../../runs/spec/spender.ts";
import { CallRecords } from "../../tools/call-records.ts";
import type { Host } from "../host.ts";
import { openGate } from "./open-gate.ts";

/** Where the script of an attempt asks for what its worker declares, in the attempt's object. */
export function openScriptDesk(
  host: Host,
  entries: SyncKvStorage,
  armWake: (at: number) => void,
): ScriptDesk {
  return new ScriptDesk({
    storage: new AttemptStorage(entries),
    entries,
    records: new CallRecords(entries),
    clock: host.clock,
    armWake,
    newCallId: () => `call_${crypto.randomUUID()}`,
    readSpec: (runId) => host.run(runId).readSpec(),
    open: ({ spec, attempt, launch }) => {
      const of = { workspaceId: spec.workspace_id, userId: payerOf(spec) };
      const tools = openScriptTools(
        { openConnection: (id) => host.connection(id), runId: spec.run_id },
        async () => (await resolveConnections(host, of, spec.connections)).found,
      );
      const order = { spec, attempt, contexts: [] };
      const gate = openGate({ host, entries, order, launch }, [tools.driver]);
      return { gate, refresh: tools.refresh, nameOf: tools.nameOf, describe: tools.describe };
    },
  });
}
