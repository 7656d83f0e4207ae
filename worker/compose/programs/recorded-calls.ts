import type { ToolCall } from "#contract/tool-calls/tool-call";
import type { AttemptOrder, CallsAfter } from "../../attempts/attempt-api.ts";
import { buildToolCall } from "../../tools/build-tool-call.ts";
import { CallRecords } from "../../tools/call-records.ts";
import type { ToolAnswer } from "../../tools/gate-api.ts";
import type { Host } from "../host.ts";
import { openMask } from "./open-gate.ts";

interface Recorded {
  host: Host;
  /** The storage of the attempt's object. */
  entries: SyncKvStorage;
  order: AttemptOrder;
}

/** Calls of an attempt as people are shown them: without a secret's value, also where one came in as an argument. */
export async function listRecordedCalls(
  { host, entries, order }: Recorded,
  { after, limit }: CallsAfter,
): Promise<ToolCall[]> {
  const mask = openMask({ host, order });
  const records = new CallRecords(entries).list().filter(({ number }) => number > after);
  return Promise.all(
    records.slice(0, limit).map(async (record) => {
      // Answers were masked as they were kept, by what was secret then.
      const { arguments: given, request, message, answer } = record;
      const shown = await mask({ given, request, message, content: answer?.content ?? null });
      const of = { run_id: order.spec.run_id, attempt: order.attempt };
      return buildToolCall(record, { ...shown, of });
    }),
  );
}

/** What a call of this attempt was answered, by the digest of its tool and arguments; null where it made none such. */
export function findRecordedAnswer(entries: SyncKvStorage, digest: string): ToolAnswer | null {
  return new CallRecords(entries).findAnswer(digest);
}
