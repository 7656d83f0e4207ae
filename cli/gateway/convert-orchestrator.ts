import { stringify } from "yaml";
import { limits } from "#contract/limits";
import type { KnownWorkers } from "./convert-pipeline.ts";
import type { Converted, Tools } from "./convert-worker.ts";
import { aliasOf, workerNameOf } from "./names.ts";
import type { EntryDraft } from "./report.ts";
import { isMap, listOf, mapOf, numberOf, textOf } from "./yaml-source.ts";
import type { Yaml, YamlMap, YamlSource } from "./yaml-source.ts";

const KNOWN = [
  "name",
  "description",
  "system_prompt",
  "available_workers",
  "checkpoint",
  "max_concurrent_goals",
  "max_concurrent_tasks",
  "timeout_seconds",
];
const DEFAULT_SECONDS = 300;

/** Whether a configuration is an orchestrator's, whose stages a model decides on, and no pipeline's. Pure. */
export const isOrchestrator = ({ value }: YamlSource): boolean =>
  value["pipeline_stages"] === undefined && Array.isArray(value["available_workers"]);

/** An orchestrator becomes an agent that writes a plan, and the pipeline that holds the plan to its workers and carries it out. */
export function convertOrchestrator(
  source: YamlSource,
  {
    entry,
    draft,
    known,
    models,
  }: { entry: YamlMap; draft: EntryDraft; known: KnownWorkers } & Pick<Tools, "models">,
): Converted {
  const { value } = source;
  const refuse = (reason: string): Converted => ({ entry: draft.refuse(reason), folders: [] });
  const shown = textOf(entry["name"]) ?? textOf(value["name"]);
  const worker = shown === undefined ? null : workerNameOf(shown);
  const prompt = textOf(value["system_prompt"]);
  if (shown === undefined || worker === null) return refuse("It has no name that a worker may have.");
  if (prompt === undefined) return refuse("It has no system_prompt.");
  const { offered, fault } = readOffered(source, known);
  if (fault !== null) return refuse(fault);
  noteRest(source, draft, offered);
  const planner = `${worker.slice(0, 56).replace(/-+$/, "")}-planner`;
  const alias = aliasOf(shown, worker);
  const description = (
    textOf(entry["description"]) ??
    textOf(value["description"]) ??
    `Plans and does: ${shown}`
  ).slice(0, 500);
  const seconds = Math.min(
    limits.run_timeout_seconds.value,
    Math.max(1, Math.ceil(numberOf(value["timeout_seconds"]) ?? DEFAULT_SECONDS)),
  );
  const head = (name: string, title: string) => ({
    schema_version: "0.3",
    name,
    title: title.slice(0, 120),
    description,
    version: "0.1.0",
  });
  const agent = {
    ...head(planner, `${shown}: planner`),
    ...plannerExec(models["standard"]),
    limits: { timeout_seconds: seconds },
  };
  const pipeline = {
    ...head(worker, shown),
    ...(alias === undefined ? {} : { mcp: { name: alias } }),
    exec: { mode: "pipeline", inputs: [{ name: "goal", type: "text", required: true }] },
    plan: {
      planner,
      input: { goal: "inputs.goal" },
      workers: offered.map((one) => one.worker),
      revisions: 1,
    },
    limits: { timeout_seconds: seconds },
    concurrency: {
      limit: Math.min(1000, Math.max(1, Math.floor(numberOf(value["max_concurrent_goals"]) ?? 1))),
    },
  };
  return {
    entry: draft.convert(worker, [{ was: shown, is: alias ?? worker }]),
    folders: [
      {
        worker: planner,
        files: [
          { path: "worker.yml", text: stringify(agent) },
          { path: "SKILL.md", text: `${prompt.trim()}\n\n${explainPlan(offered)}` },
        ],
      },
      { worker, files: [{ path: "worker.yml", text: stringify(pipeline) }] },
    ],
  };
}

/** What the agent that plans takes and gives. */
const plannerExec = (model: string | undefined) => ({
  ...(model === undefined ? {} : { model }),
  exec: {
    entry: "SKILL.md",
    runtime: "skill",
    inputs: [
      { name: "goal", type: "text", required: true },
      { name: "feedback", type: "text" },
      { name: "previous_plan", type: "json" },
    ],
    outputs: [{ name: "plan", type: "json", required: true }],
  },
});

interface Offered {
  worker: string;
  description: string;
  schema: Yaml;
  isListed: boolean;
}

function readOffered(source: YamlSource, known: KnownWorkers): { offered: Offered[]; fault: string | null } {
  const offered: Offered[] = [];
  for (const [at, one] of listOf(source.value["available_workers"]).entries()) {
    const type = textOf(mapOf(one)["name"]);
    const worker = type === undefined ? null : (known.workerOf(type) ?? workerNameOf(type));
    if (type === undefined || worker === null) {
      const line = source.lineOf(["available_workers", at]);
      return { offered, fault: `The worker on line ${line} has no name that one may have.` };
    }
    const description = textOf(mapOf(one)["description"]) ?? "";
    offered.push({
      worker,
      description,
      schema: known.schemaOf(type),
      isListed: known.workerOf(type) !== undefined,
    });
  }
  return { offered, fault: offered.length === 0 ? "It has no available_workers." : null };
}

function noteRest(source: YamlSource, draft: EntryDraft, offered: readonly Offered[]): void {
  const { value } = source;
  draft.leaveUnknown(source, { at: [], value, known: KNOWN });
  const reasons: Record<string, string> = {
    checkpoint:
      "A run has no history that grows: each of its stages is a run of its own, and what they gave is on record.",
    max_concurrent_tasks:
      "There, what was over that was cut off; here at most 20 stages run at once, and the others wait.",
  };
  for (const [key, reason] of Object.entries(reasons))
    if (value[key] !== undefined) draft.leave(source, [key], reason);
  for (const { worker, isListed } of offered)
    if (!isListed) draft.next.push(`Its plans may use a worker ${worker}, which is not among the entries.`);
  draft.next.push(
    "There, a model combined what the workers gave. Here they are the outputs, by stage: let the last stage of a plan be a worker that combines them.",
  );
}

/** What the agent is told of plans, so that what it writes is one. */
function explainPlan(offered: readonly Offered[]): string {
  const lines = offered.map(({ worker, description, schema }) => {
    const { properties } = mapOf(schema);
    const inputs = Object.keys(isMap(properties) ? properties : {});
    const takes = inputs.length === 0 ? "" : ` Takes ${inputs.map((name) => `\`${name}\``).join(", ")}.`;
    return `- \`${worker}\`: ${description.trim() || "no description."}${takes}`;
  });
  return `## The plan

Hand over as \`plan\` the list of stages that reach the goal, each with \`name\` (lower-case letters, digits, underscores), \`worker\` and
\`input\`. These workers are there, and no others:

${lines.join("\n")}

A text in \`input\` is a CEL expression: \`inputs.goal\`, \`first.outputs.summary\` for what the stage \`first\` gave, \`"'a text'"\` for a text.
What reads nothing of each other runs side by side. Where there is \`feedback\`, mend \`previous_plan\` by it.
`;
}
