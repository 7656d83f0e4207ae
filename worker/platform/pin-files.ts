import * as z from "zod";
import { parseJson } from "#contract/json";

const pinsSchema = z.array(z.string());

/** What a version's first build installed, as lines `name==1.2.3`. */
export interface PinFiles {
  /** Keeps them unless some are there already: what was installed first is what is installed again. */
  putPins(place: { workerId: string; bundleDigest: string }, pins: readonly string[]): Promise<void>;
  /** None where nothing was built yet, or nothing with a version was in it. */
  getPins(place: { workerId: string; bundleDigest: string }): Promise<string[]>;
}

const key = (of: { workerId: string; bundleDigest: string }) =>
  `dependencies/${of.workerId}/${of.bundleDigest}/pins.json`;

/** The pins over an R2 bucket; they go with all that is kept for their version's dependencies. */
export function createPinFiles(bucket: R2Bucket): PinFiles {
  return {
    async putPins(place, pins) {
      await bucket.put(key(place), JSON.stringify(pins), { onlyIf: { etagDoesNotMatch: "*" } });
    },
    async getPins(place) {
      const found = await bucket.get(key(place));
      return found === null ? [] : pinsSchema.parse(parseJson(await found.text()));
    },
  };
}
