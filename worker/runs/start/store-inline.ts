import type { Json } from "#contract/json";
import type { Inputs } from "#contract/runs/run";
import { isObject } from "../../registry/actions/compile-schema.ts";
import type { Steps } from "../../registry/actions/read-values.ts";
import { isDataUrl, readDataUrl } from "../../registry/inputs/data-url.ts";
import type { InlineFile } from "../../registry/inputs/data-url.ts";

/** Keeps a file among the workspace's uploads; answers its id. The same content again is the same upload. */
export type StoreUpload = (workspaceId: string, file: InlineFile) => Promise<string>;

/** Where inputs name a file, and by what: the id of an upload, or the file itself. */
interface FilePlace {
  steps: Steps;
  value: string;
}

/** Inputs as they came, and as the version's schema takes them. */
interface BothInputs {
  given: Inputs;
  inputs: Inputs;
}

/** Both with the files that stood in them stored, and the ids of those in their places. */
export async function storeInline<Place extends FilePlace>(
  store: StoreUpload,
  { workspaceId, given, inputs, places }: BothInputs & { workspaceId: string; places: readonly Place[] },
): Promise<BothInputs & { places: Place[] }> {
  const both = { given, inputs };
  const named: Place[] = [];
  // One after the other: each is held in memory while it is written.
  for (const place of places) {
    const fallback = String(place.steps.findLast((step) => typeof step === "string") ?? "file");
    const file = isDataUrl(place.value) ? readDataUrl(place.value, fallback) : null;
    const value = file === null ? place.value : await store(workspaceId, file);
    named.push({ ...place, value });
    if (file === null) continue;
    both.given = replaceIn(both.given, place.steps, value);
    both.inputs = replaceIn(both.inputs, place.steps, value);
  }
  return { ...both, places: named };
}

function replaceIn(inputs: Inputs, steps: Steps, by: Json): Inputs {
  const replaced = replaceAt(inputs, steps, by);
  return isObject(replaced) ? replaced : inputs;
}

/** A value with another one at a place in it. Pure. */
function replaceAt(value: Json, steps: Steps, by: Json): Json {
  const [step, ...rest] = steps;
  if (step === undefined) return by;
  if (Array.isArray(value)) return value.map((item, at) => (at === step ? replaceAt(item, rest, by) : item));
  if (!isObject(value)) return value;
  // What was left away as it came is not put there.
  return Object.hasOwn(value, step) ? { ...value, [step]: replaceAt(value[step] ?? null, rest, by) } : value;
}
