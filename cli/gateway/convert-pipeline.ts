import { stringify } from "yaml";
import { limits } from "#contract/limits";
import type { Converted } from "./convert-worker.ts";
import { propertyOf, typeOfProperty } from "./fields.ts";
import type { Field } from "./fields.ts";
import { aliasOf, isFieldName, stageNameOf, workerNameOf } from "./names.ts";
import type { EntryDraft } from "./report.ts";
import { listOf, mapOf, numberOf, textOf, textsOf } from "./yaml-source.ts";
import type { Yaml, YamlMap, YamlSource } from "./yaml-source.ts";

/** What is known of the gateway's workers, by the name that stages call them by. */
export interface KnownWorkers {
  /** The worker that a worker_type has become; undefined where the gateway lists none of that name. */
  workerOf: (type: string) => string | undefined;
  /** The input_schema of a worker_type. */
  schemaOf: (type: string) => Yaml;
}

const KNOWN = ["name", "description", "pipeline_stages", "timeout_seconds", "max_concurrent_goals"];
const KNOWN_OF_STAGE = [
  "name",
  "worker_type",
  "tier",
  "input_mapping",
  "depends_on",
  "condition",
  "timeout_seconds",
  "max_retries",
  "input_schema",
  "output_schema",
  "input_schema_ref",
  "output_schema_ref",
];
/** How long the gateway waited for a stage that does not say. */
const STAGE_SECONDS = 300;

/** The stages become stages: mappings and conditions as expressions, what they read as inputs. */
export function convertPipeline(
  source: YamlSource,
  { entry, draft, known }: { entry: YamlMap; draft: EntryDraft; known: KnownWorkers },
): Converted {
  const { value } = source;
  const refuse = (reason: string): Converted => ({ entry: draft.refuse(reason), folders: [] });
  const shown = textOf(entry["name"]) ?? textOf(value["name"]);
  if (shown === undefined) return refuse("It has no name.");
  const worker = workerNameOf(shown);
  if (worker === null) return refuse(`Of the name ${shown} nothing is left that a worker may be called.`);
  const stages = listOf(value["pipeline_stages"]).map(mapOf);
  if (stages.length === 0) return refuse("It has no pipeline_stages.");
  draft.leaveUnknown(source, { at: [], value, known: KNOWN });
  const reading = new Reading(source, {
    draft,
    known,
    names: stages.flatMap(({ name }) => textOf(name) ?? []),
  });
  const built = stages.map((stage, at) => reading.readStage(stage, at));
  const fault = built.find((one) => typeof one === "string");
  if (typeof fault === "string") return refuse(fault);
  if (!textOf(entry["description"]))
    draft.next.push("Write a description: the gateway had none but its name.");
  const seconds = stages.map(
    (stage) => numberOf(stage["timeout_seconds"]) ?? numberOf(value["timeout_seconds"]) ?? STAGE_SECONDS,
  );
  const alias = aliasOf(shown, worker);
  const most = numberOf(value["max_concurrent_goals"]) ?? 1;
  const manifest = {
    schema_version: "0.3",
    name: worker,
    title: shown.slice(0, 120),
    description: (textOf(entry["description"]) ?? textOf(value["description"]) ?? `Pipeline: ${shown}`).slice(
      0,
      500,
    ),
    version: "0.1.0",
    ...(alias === undefined ? {} : { mcp: { name: alias } }),
    exec: { mode: "pipeline", inputs: reading.inputs() },
    stages: built,
    limits: {
      timeout_seconds: Math.min(
        limits.run_timeout_seconds.value,
        Math.ceil(seconds.reduce((sum, one) => sum + one, 0)),
      ),
    },
    concurrency: { limit: Math.min(1000, Math.max(1, Math.floor(most))) },
  };
  const folder = { worker, files: [{ path: "worker.yml", text: stringify(manifest) }] };
  return { entry: draft.convert(worker, [{ was: shown, is: alias ?? worker }]), folders: [folder] };
}

/** Reads stages, and gathers what they read of the goal. */
class Reading {
  readonly #source: YamlSource;
  readonly #draft: EntryDraft;
  readonly #known: KnownWorkers;
  readonly #names: readonly string[];
  readonly #inputs = new Map<string, string>();

  constructor(source: YamlSource, of: { draft: EntryDraft; known: KnownWorkers; names: readonly string[] }) {
    this.#source = source;
    this.#draft = of.draft;
    this.#known = of.known;
    this.#names = of.names;
  }

  /** Every input was required, in the order in which it is read first. */
  inputs(): Field[] {
    return [...this.#inputs].map(([name, type]) => ({ name, type, required: true }));
  }

  /** A stage of worker.yml; a text is why the pipeline cannot be converted. */
  readStage(stage: YamlMap, at: number): YamlMap | string {
    const name = textOf(stage["name"]);
    const type = textOf(stage["worker_type"]);
    const line = this.#source.lineOf(["pipeline_stages", at]);
    if (name === undefined || type === undefined)
      return `The stage on line ${line} has no name, or no worker_type.`;
    const worker = this.#known.workerOf(type) ?? workerNameOf(type);
    if (worker === null)
      return `The stage ${name} on line ${line} names the worker ${type}, which cannot be one.`;
    if (this.#known.workerOf(type) === undefined)
      this.#draft.next.push(`The stage ${name} needs a worker ${worker}, which the gateway does not list.`);
    const input: YamlMap = {};
    for (const [target, path] of Object.entries(mapOf(stage["input_mapping"]))) {
      const read = this.#readSource(textOf(path) ?? "", { type, target });
      if (read === null) {
        const place = this.#source.lineOf(["pipeline_stages", at, "input_mapping", target]);
        return `The stage ${name} maps ${target} on line ${place} from ${JSON.stringify(path)}, which is neither the goal nor a stage.`;
      }
      input[target] = read;
    }
    const when = this.#readCondition(stage["condition"], at);
    if (when === null) {
      const place = this.#source.lineOf(["pipeline_stages", at, "condition"]);
      return `The condition of the stage ${name} on line ${place} is not of the form: path == value.`;
    }
    this.#noteRest(stage, at);
    const seconds = numberOf(stage["timeout_seconds"]);
    const retries = Math.min(
      limits.pipeline_retries.value,
      Math.max(0, Math.floor(numberOf(stage["max_retries"]) ?? 0)),
    );
    const after = textsOf(stage["depends_on"]).map(stageNameOf);
    return {
      name: stageNameOf(name),
      worker,
      ...(Object.keys(input).length === 0 ? {} : { input }),
      ...(after.length === 0 ? {} : { after }),
      ...(when === undefined ? {} : { when }),
      ...(retries === 0 ? {} : { retries }),
      ...(seconds === undefined || seconds <= 0 ? {} : { timeout_seconds: seconds }),
    };
  }

  /** An expression for a path of the gateway; null for one that leads nowhere. */
  #readSource(path: string, of: { type: string; target: string } | null): string | null {
    const literal = /^(['"])(.*)\1$/s.exec(path);
    if (literal) return JSON.stringify(literal[2] ?? "");
    const [root = "", field = "", ...rest] = path.split(".");
    if (root === "goal" && field === "instruction") return JSON.stringify("MCP tool call");
    if (root === "goal" && field === "context") return this.#readGoal(rest, of);
    if (!this.#names.includes(root) || (field !== "output" && field !== "")) return null;
    return [stageNameOf(root), "outputs", ...rest].reduce(join);
  }

  #readGoal(rest: readonly string[], of: { type: string; target: string } | null): string | null {
    const [input, ...deeper] = rest;
    if (input === undefined) return "inputs";
    if (!isFieldName(input)) return null;
    const property = of === null ? undefined : propertyOf(this.#known.schemaOf(of.type), of.target);
    const type = deeper.length > 0 ? "json" : typeOfProperty(property);
    if (!this.#inputs.has(input) || deeper.length > 0) this.#inputs.set(input, type);
    return ["inputs", input, ...deeper].reduce(join);
  }

  /** Undefined without a condition; null for one that is none. What is not there never held, and does not here. */
  #readCondition(condition: Yaml, at: number): string | undefined | null {
    if (condition === undefined || condition === null) return undefined;
    const [path, operator, word, ...more] = (textOf(condition) ?? "").split(" ");
    if (path === undefined || word === undefined || more.length > 0) return null;
    if (operator !== "==" && operator !== "!=") return null;
    const read = this.#readSource(path, null);
    if (read === null) return null;
    const lower = word.toLowerCase();
    const isPlain = lower === "true" || lower === "false" || lower === "null" || lower === "none";
    const value = isPlain ? (lower === "none" ? "null" : lower) : JSON.stringify(word);
    if (/^-?\d/.test(word)) {
      this.#draft.leave(
        this.#source,
        ["pipeline_stages", at, "condition"],
        `${word} was a text there, and is one here: write it without quotes to compare numbers.`,
      );
    }
    return `${read} ${operator} ${value}`;
  }

  #noteRest(stage: YamlMap, at: number): void {
    const path = ["pipeline_stages", at];
    this.#draft.leaveUnknown(this.#source, { at: path, value: stage, known: KNOWN_OF_STAGE });
    const reasons: Record<string, string> = {
      tier: "Which model a stage has its worker says.",
      input_schema: "What a stage is given its worker checks, by all of its own declaration.",
      output_schema: "What a stage gives its worker checks, by all of its own declaration.",
      input_schema_ref: "It names a Python class; the worker checks what it is given.",
      output_schema_ref: "It names a Python class; the worker checks what it gives.",
    };
    for (const [key, reason] of Object.entries(reasons))
      if (stage[key] !== undefined) this.#draft.leave(this.#source, [...path, key], reason);
    if (stage["depends_on"] !== undefined) {
      this.#draft.next.push(
        `The stage ${textOf(stage["name"]) ?? ""} also waits for what it reads; depends_on took the place of that.`,
      );
    }
  }
}

/** A step of an expression: a plain name after a dot, anything else in brackets. */
function join(path: string, step: string): string {
  if (/^\d+$/.test(step)) return `${path}[${step}]`;
  return isFieldName(step) ? `${path}.${step}` : `${path}[${JSON.stringify(step)}]`;
}
