import * as z from "zod";
import { deletedCountsSchema } from "#contract/retention/retention";
import { defineDocument } from "../platform/objects/stored-document.ts";
import { dutyKey, dutySchema } from "./duty.ts";
import type { Duty } from "./duty.ts";

const houseSchema = z.object({
  workspace_id: z.string(),
  next_look_at: z.number(),
  look: z
    .object({
      stage: z.enum(["runs", "workers", "versions", "uploads", "mails"]),
      cursor: z.string().nullable(),
      search: z
        .object({
          worker_id: z.string(),
          worker_name: z.string(),
          numbers: z.array(z.int()),
          below: z.string(),
        })
        .nullable(),
      cutoff: z.number().nullable(),
      deleted: deletedCountsSchema,
    })
    .nullable(),
  last: z.object({ at: z.number(), deleted: deletedCountsSchema }).nullable(),
  /** Failed tries in a row. */
  failures: z.int(),
});

/** Whose house it is, when it is looked at next, and how far the look that is under way has come. */
export type House = z.infer<typeof houseSchema>;

const keptDutySchema = z.object({ duty: dutySchema, next_at: z.number(), failures: z.int() });

/** A duty, when it is tried next, and how often in a row it has failed. */
export type KeptDuty = z.infer<typeof keptDutySchema>;

const houseDocument = defineDocument<House>("house", houseSchema);
const dutyDocument = defineDocument<KeptDuty>("duty", keptDutySchema);

const HOUSE_KEY = "house";
const DUTY_PREFIX = "duty:";

/**
 * What a housekeeper remembers, in entries of its object's storage.
 *   house        whose it is, and its looks
 *   duty:<key>   one thing that was begun
 */
export class HouseStorage {
  readonly #kv: SyncKvStorage;

  constructor(kv: SyncKvStorage) {
    this.#kv = kv;
  }

  house(): House | null {
    const stored = this.#kv.get(HOUSE_KEY);
    return stored === undefined ? null : houseDocument.read(stored);
  }

  saveHouse(house: House): void {
    this.#kv.put(HOUSE_KEY, houseDocument.write(house));
  }

  duties(): KeptDuty[] {
    return [...this.#kv.list({ prefix: DUTY_PREFIX })].map(([, stored]) => dutyDocument.read(stored));
  }

  findDuty(duty: Duty): KeptDuty | null {
    const stored = this.#kv.get(DUTY_PREFIX + dutyKey(duty));
    return stored === undefined ? null : dutyDocument.read(stored);
  }

  saveDuty(kept: KeptDuty): void {
    this.#kv.put(DUTY_PREFIX + dutyKey(kept.duty), dutyDocument.write(kept));
  }

  dropDuty(duty: Duty): void {
    this.#kv.delete(DUTY_PREFIX + dutyKey(duty));
  }
}
