import type { AuthoredManifest } from "#contract/manifest/keys";
import type { AuthoredStage } from "#contract/manifest/pipeline-keys";
import { readTier } from "#contract/manifest/trust-keys";
import { tierRights } from "#contract/trust/tiers";
import type { Report } from "../manifest/report.ts";
import { itemsAt, nodeAt } from "../manifest/yaml-node.ts";
import type { MapNode, Place, YamlNode } from "../manifest/yaml-node.ts";
import { didYouMean } from "../suggest.ts";
import { expressionsOf, findCircle, needsOf, plannerOf } from "../pipeline/build-pipeline.ts";
import { readExpression } from "../pipeline/expression.ts";

interface PipelineRules {
  authored: AuthoredManifest;
  root: MapNode;
  report: Report;
}

/** What a stage may not be called: these names mean something else in an expression. */
const RESERVED = ["inputs", "item", "true", "false", "null", "in", "has", "size"];

/** Rules of pipelines that need more than one key: names, whom expressions read, circles, and what the tier allows. */
export function checkPipeline({ authored, root, report }: PipelineRules): void {
  const { plan, exec } = authored;
  const stages = plan === undefined ? (authored.stages ?? []) : [plannerOf(plan)];
  const isPipeline = exec.mode === "pipeline";
  if (plan !== undefined && (authored.stages ?? []).length > 0) {
    report.error(root.entries.get("plan")?.key ?? root, {
      code: "said_twice",
      message: "plan decides on the stages, and there are stages already.",
      fix: "Keep one of the two.",
    });
  }
  if (isPipeline && stages.length === 0) {
    report.error(nodeAt(root, "exec", "mode") ?? root, {
      code: "missing_key",
      message: "exec.mode is pipeline, but there are no stages.",
      fix: "Add stages, each with name and worker.",
    });
  }
  if (!isPipeline && (stages.length > 0 || authored.returns !== undefined)) {
    const key = plan !== undefined ? "plan" : stages.length > 0 ? "stages" : "returns";
    report.error(root.entries.get(key)?.key ?? root, {
      code: "mixed_worker_kinds",
      message: `${key} belongs to a pipeline, and exec.mode is something else.`,
      fix: `Write exec: {mode: pipeline}, or take ${key} out.`,
    });
  }
  if (!isPipeline) return;
  checkTier({ authored, root, report });
  checkNames(stages, { root, report });
  stages.forEach((stage, index) => {
    const place = plan === undefined ? itemsAt(root, "stages")[index] : nodeAt(root, "plan");
    checkStage(stage, { place: place ?? root, stages, report });
  });
  checkReturns({ authored, root, report });
  checkCircle(stages, { root, report });
}

function checkTier({ authored, root, report }: PipelineRules): void {
  const said = authored.runtime?.trust_tier;
  const tier = said === undefined ? undefined : readTier(said);
  if (tier === undefined || tierRights[tier]?.effects.includes("invoke") !== false) return;
  report.error(nodeAt(root, "runtime", "trust_tier") ?? root, {
    code: "tier_forbids",
    message: `The trust tier ${tier} calls no other workers, and the stages of a pipeline do nothing else.`,
    fix: "Write trust_tier: 3, or leave it out.",
  });
}

function checkNames(
  stages: readonly AuthoredStage[],
  { root, report }: Pick<PipelineRules, "root" | "report">,
): void {
  const names = stages.map(({ name }) => name);
  names.forEach((name, index) => {
    const item = itemsAt(root, "stages")[index];
    const place = (item && nodeAt(item, "name")) ?? root;
    if (RESERVED.includes(name)) {
      report.error(place, {
        code: "bad_stage_name",
        message: `A stage cannot be called ${name}: in an expression that means something else.`,
        fix: "Give it another name.",
      });
    }
    if (names.indexOf(name) === index) return;
    report.error(place, {
      code: "duplicate_name",
      message: `stages has ${name} twice.`,
      fix: "Keep one, or give one of them another name.",
    });
  });
}

interface StageRules {
  place: YamlNode;
  stages: readonly AuthoredStage[];
  report: Report;
}

function checkStage(stage: AuthoredStage, { place, stages, report }: StageRules): void {
  const names = stages.map(({ name }) => name);
  if (stage.when !== undefined && stage.condition !== undefined) {
    report.error(nodeAt(place, "condition") ?? place, {
      code: "said_twice",
      message: `${stage.name} says when and condition, which are the same.`,
      fix: "Keep when.",
    });
  }
  (stage.after ?? []).forEach((name, index) => {
    if (names.includes(name)) return;
    report.error(itemsAt(place, "after")[index] ?? place, {
      code: "unknown_stage",
      message: `${stage.name} comes after ${name}, which is no stage.${didYouMean(name, names)}`,
      fix: "Name one of the stages.",
    });
  });
  for (const { path, text } of expressionsOf(stage)) {
    const isInput = path[0] === "input" || path[0] === "input_mapping";
    const known = isInput && stage.for_each !== undefined ? [...names, "item"] : names;
    checkExpression(text, {
      place: nodeAt(place, ...path) ?? place,
      known,
      report,
    });
  }
}

interface ExpressionRules {
  place: Place;
  /** Names that it may read besides inputs. */
  known: readonly string[];
  report: Report;
}

function checkExpression(text: string, { place, known, report }: ExpressionRules): void {
  const reading = readExpression(text);
  if (reading.kind === "wrong") {
    report.error(place, {
      code: "bad_expression",
      message: `${text.slice(0, 100)} is no expression: ${reading.message}.`,
      fix: "Write a CEL expression; a text stands in quotes of its own, e.g. \"'en'\".",
    });
    return;
  }
  for (const name of reading.names) {
    if (name === "inputs" || known.includes(name)) continue;
    const isItem = name === "item";
    report.error(place, {
      code: "unknown_stage",
      message: isItem
        ? "item is there only in the input of a stage with for_each."
        : `${name} is neither inputs nor a stage.${didYouMean(name, [...known, "inputs"])}`,
      fix: isItem
        ? "Add for_each, or read something else."
        : `Name a stage; a text stands in quotes: "'${name}'".`,
    });
  }
}

function checkReturns({ authored, root, report }: PipelineRules): void {
  const { returns = {}, plan, exec } = authored;
  const stages = plan === undefined ? (authored.stages ?? []) : [plannerOf(plan)];
  const place = root.entries.get("returns")?.value ?? root;
  for (const [name, written] of Object.entries(returns)) {
    const at = nodeAt(place, name) ?? place;
    const known = stages.map((stage) => stage.name);
    if (typeof written === "string") checkExpression(written, { place: at, known, report });
    const outputs = (exec.outputs ?? []).map((output) => output.name);
    if (outputs.length === 0 || outputs.includes(name)) continue;
    report.error(at, {
      code: "unknown_output",
      message: `returns gives ${name}, which is none of the outputs.${didYouMean(name, outputs)}`,
      fix: "Declare it in exec.outputs, or take it out.",
    });
  }
}

function checkCircle(
  stages: readonly AuthoredStage[],
  { root, report }: Pick<PipelineRules, "root" | "report">,
): void {
  const names = stages.map(({ name }) => name);
  const circle = findCircle(stages.map((stage) => ({ name: stage.name, needs: needsOf(stage, names) })));
  if (circle.length === 0) return;
  report.error(root.entries.get("stages")?.key ?? root, {
    code: "stages_in_circle",
    message: `These stages wait for each other: ${circle.join(", ")}.`,
    fix: "Let one of them read nothing of the others.",
  });
}
