import * as z from "zod";
import { sqlAnswerSchema, sqlValueSchema, storeKindSchema } from "#contract/store/store";
import { defineDocument } from "../platform/objects/stored-document.ts";
import { judgeWrite, withoutCondition } from "./judge-write.ts";
import { attemptNow } from "../platform/attempt.ts";
import type { KeyWrite, Once, StoredEntry, WriteResult } from "./store-api.ts";

const onceSchema = z.object({ key: z.string(), digest: z.string() }).nullable();
const made = { once: onceSchema, at: z.number(), version: z.string() };

/** A write of a run that waits for the run's end. The bytes of a value lie beside it. */
const stagedWriteSchema = z.discriminatedUnion("op", [
  z.object({
    op: z.literal("set"),
    ...made,
    key: z.string(),
    kind: storeKindSchema,
    ttl_seconds: z.number().nullable(),
    if_version: z.string().nullable(),
  }),
  z.object({ op: z.literal("delete"), ...made, key: z.string(), if_version: z.string().nullable() }),
  z.object({
    op: z.literal("increment"),
    ...made,
    key: z.string(),
    by: z.string(),
    ttl_seconds: z.number().nullable(),
  }),
  z.object({ op: z.literal("sql"), ...made, sql: z.string(), params: z.array(sqlValueSchema) }),
]);
export type StagedWrite = z.infer<typeof stagedWriteSchema>;
export const stagedDocument = defineDocument<StagedWrite>("staged write", stagedWriteSchema);

const entryFactsSchema = z.object({
  key: z.string(),
  kind: storeKindSchema,
  size_bytes: z.int(),
  version: z.string(),
  updated_at: z.number(),
  expires_at: z.number().nullable(),
});

/** How a write was answered, for a repeat of it. */
const answeredSchema = z.discriminatedUnion("of", [
  z.object({ of: z.literal("key"), entry: entryFactsSchema.nullable(), value: z.string().nullable() }),
  z.object({ of: z.literal("sql"), answer: sqlAnswerSchema }),
]);
export type Answered = z.infer<typeof answeredSchema>;
export const answeredDocument = defineDocument<Answered>("store answer", answeredSchema);

/** A staged write of a key as the write it was. Pure. */
export function toKeyWrite(staged: Exclude<StagedWrite, { op: "sql" }>, value: Uint8Array): KeyWrite {
  switch (staged.op) {
    case "set": {
      const { op, key, kind, ttl_seconds, if_version } = staged;
      return { op, key, kind, value, ttl_seconds, if_version };
    }
    case "delete":
      return { op: "delete", key: staged.key, if_version: staged.if_version };
    case "increment":
      return { op: "increment", key: staged.key, by: staged.by, ttl_seconds: staged.ttl_seconds };
  }
}

/** A write of a key as it is staged; `at` is epoch milliseconds. Pure. */
export function stageWrite(
  write: KeyWrite,
  made: { once: Once | null; at: number; version: string },
): StagedWrite {
  if (write.op !== "set") return { ...write, ...made };
  const { op, key, kind, ttl_seconds, if_version } = write;
  return { op, key, kind, ttl_seconds, if_version, ...made };
}

/** What a write led to, as it is answered. Pure. */
export function toResult(write: KeyWrite, next: StoredEntry | null): WriteResult {
  if (next === null) return { entry: null, value: null };
  const { value, ...entry } = next;
  return { entry, value: write.op === "increment" ? new TextDecoder().decode(value) : null };
}

/** An entry as the run sees that has staged a write of it, whatever others have done meanwhile. Pure. */
export function foldLeniently(
  entry: StoredEntry | null,
  { write, value }: { write: StagedWrite; value: Uint8Array },
): StoredEntry | null {
  if (write.op === "sql") return entry;
  const moment = { now: write.at, version: write.version };
  const folded = attemptNow(() => judgeWrite(entry, withoutCondition(toKeyWrite(write, value)), moment));
  return folded.ok ? folded.value : entry;
}
