import type { ActionDefinition } from "#contract/actions/action";
import type { Field } from "#contract/manifest/manifest";
import type { ProblemError } from "#contract/problem";
import type { Inputs } from "#contract/runs/run";
import type { WorkerVersion } from "../../catalog/store.ts";
import { AppError } from "../../platform/app-error.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Db } from "../../platform/db/client.ts";
import type { Files } from "../../platform/files.ts";
import { checkActionInputs } from "../../registry/actions/check-action-inputs.ts";
import { CompiledSchemas, isObject } from "../../registry/actions/compile-schema.ts";
import { pointerTo } from "../../registry/actions/read-values.ts";
import type { NamedFile, Steps } from "../../registry/actions/read-values.ts";
import { isDataUrl } from "../../registry/inputs/data-url.ts";
import { checkInputs } from "../../registry/check-inputs.ts";
import type { UploadFact } from "../spec/build-spec.ts";
import { fieldsToGive } from "../spec/two-phase.ts";
import { judgeFiles } from "./judge-files.ts";
import { storeInline } from "./store-inline.ts";
import type { StoreUpload } from "./store-inline.ts";
import { useUploads } from "./upload-store.ts";

interface ResolveDeps {
  db: Db;
  clock: Clock;
  files: Files;
  storeUpload: StoreUpload;
}

/** Inputs as they came. `fromOutside`: whoever sent them does not read worker.yml. */
export interface GivenInputs {
  action: ActionDefinition | null;
  given: Inputs;
  fromOutside: boolean;
}

/** Inputs as the version's schema takes them; files are still the ids of their uploads. */
export interface ResolvedInputs {
  inputs: Inputs;
  /** As they came, with the ids of files that stood in them. */
  given: Inputs;
  uploads: readonly UploadFact[];
  /** Where an action's inputs name files; a script's are known by its fields. */
  filePlaces: readonly { steps: Steps; sha256: string }[];
}

interface Judged {
  inputs: Inputs;
  errors: ProblemError[];
  /** The files they name, each as a file input says what it takes. */
  named: readonly { field: Field; value: string; steps: Steps; pointer: string }[];
}

/** What is the same for all runs of a version is made once; the edge keeps it as long as it lives. */
const compiled = new CompiledSchemas();

/**
 * Inputs as the version's schema takes them, and the uploads they name. Names that nobody declared are passed on to a
 * script that something outside has started, as they came; a function has no room for them. Throws `invalid_inputs`.
 */
export async function resolveInputs(
  deps: ResolveDeps,
  { worker, version }: WorkerVersion,
  wanted: GivenInputs,
): Promise<ResolvedInputs> {
  const judged =
    wanted.action === null
      ? judgeFields(fieldsToGive(version.manifest), wanted)
      : judgeAction(`${version.id}/${wanted.action.name}`, wanted.action, wanted);
  const { workspace_id: workspaceId } = worker;
  const { errors } = judged;
  // What will be refused anyway leaves no file behind.
  const both = { given: wanted.given, inputs: judged.inputs };
  const {
    given,
    inputs,
    places: named,
  } = errors.length > 0
    ? { ...both, places: judged.named.filter(({ value }) => !isDataUrl(value)) }
    : await storeInline(deps.storeUpload, { workspaceId, ...both, places: judged.named });
  const uploads = await useUploads(deps.db, {
    workspaceId,
    ids: named.map(({ value }) => value),
    now: deps.clock(),
  });
  const all = [...errors, ...(await judgeFiles(deps.files, { workspaceId, named, uploads }))];
  const filePlaces =
    wanted.action === null ? [] : named.map(({ steps, value }) => ({ steps, sha256: value }));
  if (all.length === 0) return { given, inputs, uploads, filePlaces };
  const said = all.map(({ pointer, detail }) => `${pointer.split("/").slice(2).join(".")} ${detail}`.trim());
  const detail = `${version.manifest.name} cannot run with these inputs: ${said.join("; ").replace(/\.$/, "")}.`;
  throw new AppError("invalid_inputs", detail, { errors: all });
}

function judgeFields(fields: readonly Field[], { given, fromOutside }: GivenInputs): Judged {
  const isDeclared = ([name]: [string, unknown]) => fields.some((field) => field.name === name);
  const beyond = fromOutside ? Object.entries(given).filter((entry) => !isDeclared(entry)) : [];
  const judged = fromOutside ? Object.fromEntries(Object.entries(given).filter(isDeclared)) : given;
  const { inputs, errors } = checkInputs(fields, judged);
  const named = fields.flatMap((field) => {
    const value = inputs[field.name];
    const isNamed = field.kind === "file" && typeof value === "string";
    const steps = [field.name];
    return isNamed ? [{ field, value, steps, pointer: pointerTo(steps) }] : [];
  });
  return { inputs: { ...Object.fromEntries(beyond), ...inputs }, errors, named };
}

function judgeAction(key: string, action: ActionDefinition, { given, fromOutside }: GivenInputs): Judged {
  const schema = compiled.get(key, action.input_schema);
  const { properties } = action.input_schema;
  const known = isObject(properties) ? properties : {};
  const meant = fromOutside
    ? Object.fromEntries(Object.entries(given).filter(([name]) => Object.hasOwn(known, name)))
    : given;
  const { inputs, errors, files } = checkActionInputs(schema, meant);
  const named = files.map((file) => {
    const { value, steps } = file;
    return { field: fieldOf(file), value, steps, pointer: pointerTo(steps) };
  });
  return { inputs, errors, named };
}

function fieldOf({ steps, accepts, maxSizeMb }: NamedFile): Field {
  return {
    name: steps.join("."),
    kind: "file",
    type: "file",
    label: steps.join("."),
    required: true,
    accepts: [...accepts],
    ...(maxSizeMb !== null && { max_size_mb: maxSizeMb }),
  };
}
