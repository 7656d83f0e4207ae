import * as z from "zod";
import {
  evaluationIdSchema,
  runIdSchema,
  workerIdSchema,
  workerNameSchema,
  workspaceIdSchema,
} from "#contract/ids";
import { sampleSchema, scoreSchema } from "#contract/evaluations/evaluation";
import { namedSuiteSchema } from "#contract/evaluations/suite";
import { defineDocument, defineUnmarked } from "../platform/objects/stored-document.ts";
import type { EvaluationOrder } from "./evaluation-api.ts";

const headSchema = z.object({
  phase: z.enum(["begun", "running", "cancelling", "ended"]),
  /** When it wants to go on, epoch milliseconds; null when it is over. */
  next_at: z.number().nullable(),
  /** When something has changed last, epoch milliseconds. */
  changed_at: z.number(),
});
export type EvaluationHead = z.infer<typeof headSchema>;

const unitSchema = z.object({
  run_id: runIdSchema.nullable(),
  /** When its run was started, epoch milliseconds. */
  since: z.number(),
  /** How often it was begun to score it. */
  tries: z.int(),
  /** What judges have said, in their order, and what they have cost. */
  judged: z.array(scoreSchema),
  judged_usd: z.number(),
  /** Null while it is under way. */
  sample: sampleSchema.nullable(),
});
export type StoredUnit = z.infer<typeof unitSchema>;

const orderSchema = z.object({
  id: evaluationIdSchema,
  key: z.string(),
  workspace_id: workspaceIdSchema,
  worker_id: workerIdSchema,
  worker_name: workerNameSchema,
  version: z.int(),
  bundle_digest: z.string(),
  whole: z.boolean(),
  suites: z.array(namedSuiteSchema),
  activates_over: z.int().nullable(),
  requested_by: z.string().nullable(),
  created_at: z.number(),
});

const headDocument = defineDocument<EvaluationHead>("evaluation", headSchema);
const unitDocument = defineDocument<StoredUnit>("sample of an evaluation", unitSchema);
// As text: numbers take many times as much room otherwise.
const orderForm = defineUnmarked<EvaluationOrder>("order of an evaluation", orderSchema);

/** What an evaluation asks of its object's storage. */
export type EvaluationEntries = Pick<SyncKvStorage, "get" | "put">;

/** What an evaluation remembers: `head`, where it stands; `order`, what it is to do; `unit:<n>`, each run of it. */
export class EvaluationStorage {
  readonly #kv: EvaluationEntries;

  constructor(kv: EvaluationEntries) {
    this.#kv = kv;
  }

  head(): EvaluationHead | null {
    const stored = this.#kv.get("head");
    return stored === undefined ? null : headDocument.read(stored);
  }

  putHead(head: EvaluationHead): void {
    this.#kv.put("head", headDocument.write(head));
  }

  order(): EvaluationOrder | null {
    const text = this.#kv.get("order");
    return typeof text === "string" ? orderForm.readText(text) : null;
  }

  putOrder(order: EvaluationOrder): void {
    this.#kv.put("order", JSON.stringify(order));
  }

  unit(at: number): StoredUnit | null {
    const stored = this.#kv.get(`unit:${at}`);
    return stored === undefined ? null : unitDocument.read(stored);
  }

  putUnit(at: number, unit: StoredUnit): void {
    this.#kv.put(`unit:${at}`, unitDocument.write(unit));
  }
}
