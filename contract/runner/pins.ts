import * as z from "zod";

/** So many packages one build may install for their versions to be kept. */
const MOST_PINS = 1000;

/** A package as it was installed. Whoever installs it may name another one: no line does more than choose a version. */
export const pinSchema = z
  .string()
  .max(200)
  .regex(/^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?==[A-Za-z0-9][A-Za-z0-9.!+_-]*$/);

/** What a build installed; none where that is not well told. */
export const pinsSchema = z.array(pinSchema).max(MOST_PINS).optional().catch(undefined);

/** A distribution's name in the one spelling in which names are compared (PEP 503). Pure. */
export function pinKey(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.]+/g, "-");
}
