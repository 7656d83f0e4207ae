import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { verifies } from "../../test/verifies.ts";
import { standIn } from "./without-json-schema.ts";

const zod = dirname(createRequire(import.meta.url).resolve("zod"));

/** What a script of zod offers, and what its stand-in does. */
async function namesOf(file: string): Promise<{ real: string[]; standing: Record<string, unknown> }> {
  const path = join(zod, "v4", "core", file);
  const real: object = await import(path);
  const text = standIn(readFileSync(path, "utf8"));
  const standing: Record<string, unknown> = await import(`data:text/javascript,${encodeURIComponent(text)}`);
  return { real: Object.keys(real).sort(), standing };
}

it.each(["json-schema-processors.js", "to-json-schema.js"])(
  "what stands in for %s has every name of it, and says that it is not there when it is called",
  async (file) => {
    verifies("web:size:at-most-150-kb");
    const { real, standing } = await namesOf(file);
    expect(Object.keys(standing).sort()).toEqual(real);
    for (const one of Object.values(standing)) {
      if (typeof one !== "function") throw new Error("It is no function.");
      expect(() => one()).toThrow("No JSON Schema is made in the page.");
    }
  },
);
