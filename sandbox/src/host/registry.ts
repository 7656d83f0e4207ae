import { RecordTable } from "./record-table.ts";
import { sandboxRecordSchema } from "./sandbox-record.ts";
import type { SandboxRecord } from "./sandbox-record.ts";

/** The record of every sandbox. It is changed before the launch, kill or answer that follows. */
export class Registry extends RecordTable<SandboxRecord> {
  constructor(file: string) {
    super(file, { table: "sandboxes", schema: sandboxRecordSchema, idOf: ({ id }) => id });
  }
}
