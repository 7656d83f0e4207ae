import type { Principal } from "#contract/access/access";
import { actionsOf } from "#contract/actions/actions-of";
import { limits } from "#contract/limits";
import type { Manifest } from "#contract/manifest/manifest";
import { findVisibleWorker, listVisibleNames } from "../../catalog/require-worker.ts";
import type { Db } from "../../platform/db/client.ts";
import { createReport } from "../../registry/manifest/report.ts";
import { checkFlow } from "../../registry/pipeline-manifest/check-flow.ts";
import { unknownWorker } from "../../registry/pipeline-manifest/check-flow.ts";
import { isObject } from "../../registry/actions/compile-schema.ts";
import type { StageTarget } from "../../registry/pipeline-manifest/check-flow.ts";
import type { ParsedManifest } from "../../registry/parse-manifest.ts";

/** So many workers of pipelines below a pipeline are looked into. */
const MOST_BELOW = 200;

/**
 * The verdict with what is wrong between a pipeline and the workers of its stages, as they are active now and as far as
 * whoever pushes may know of them. The same verdict for whatever is no pipeline.
 */
export async function withStages<Verdict extends Pick<ParsedManifest, "manifest" | "findings" | "placeAt">>(
  deps: { db: Db },
  principal: Principal,
  verdict: Verdict,
): Promise<Verdict> {
  const { manifest, placeAt } = verdict;
  const pipeline = manifest?.pipeline;
  if (manifest === null || pipeline === undefined) return verdict;
  const { plan, stages } = pipeline;
  const names = [...new Set([...stages.map(({ worker }) => worker), ...(plan?.workers ?? [])])];
  const found = await findManifests(deps, principal, names);
  const report = createReport();
  const [own] = actionsOf(manifest);
  const targets = await describeTargets(deps, principal, { names, found, own: manifest.name });
  checkFlow({ pipeline, input_schema: own?.input_schema ?? {}, targets, placeAt, report });
  (plan?.workers ?? []).forEach((worker, index) => {
    const target = targets.get(worker);
    if (target?.kind !== "absent") return;
    report.error(placeAt(["plan", "workers", index]), unknownWorker(worker, target.names));
  });
  const circles = await findCircles(deps, principal, { own: manifest.name, names, found });
  pipeline.stages.forEach(({ name, worker }, index) => {
    if (!circles.has(worker)) return;
    report.error(placeAt(["stages", index, "worker"]), {
      code: "stages_in_circle",
      message: `${name} runs ${worker}, which comes back to ${manifest.name}.`,
      fix: "Let a stage run a worker that does not lead back to this one.",
    });
  });
  const findings = [...verdict.findings, ...report.list()];
  return { ...verdict, findings, manifest: report.hasErrors() ? null : withFeedback(manifest, targets) };
}

/** Whether its planner takes what is said of a plan. */
function withFeedback(manifest: Manifest, targets: ReadonlyMap<string, StageTarget>): Manifest {
  const { pipeline } = manifest;
  const planner = pipeline?.plan === undefined ? undefined : pipeline.stages[0];
  const target = planner === undefined ? undefined : targets.get(planner.worker);
  if (pipeline?.plan === undefined || target?.kind !== "known") return manifest;
  const action = target.actions.find(({ name }) => name === planner?.action) ?? target.actions[0];
  const { properties } = action?.input_schema ?? {};
  const takes_feedback =
    isObject(properties) && ["feedback", "previous_plan"].every((name) => Object.hasOwn(properties, name));
  return { ...manifest, pipeline: { ...pipeline, plan: { ...pipeline.plan, takes_feedback } } };
}

type Found = ReadonlyMap<string, Manifest>;

async function findManifests(
  deps: { db: Db },
  principal: Principal,
  names: readonly string[],
): Promise<Found> {
  const found = await Promise.all(names.map((name) => findVisibleWorker(deps, principal, name)));
  return new Map(
    found.flatMap((one) => (one === undefined ? [] : [[one.worker.name, one.version.manifest]])),
  );
}

async function describeTargets(
  deps: { db: Db },
  principal: Principal,
  { names, found, own }: { names: readonly string[]; found: Found; own: string },
): Promise<Map<string, StageTarget>> {
  const isAllThere = names.every((name) => found.has(name));
  const all = isAllThere ? [] : (await listVisibleNames(deps, principal)).map(({ name }) => name);
  const entries = names.flatMap((name): [string, StageTarget][] => {
    const manifest = found.get(name);
    if (manifest !== undefined) return [[name, { kind: "known", actions: actionsOf(manifest) }]];
    // What is wrong with one that names itself is said once, as a circle.
    return name === own ? [] : [[name, { kind: "absent", names: all }]];
  });
  return new Map(entries);
}

/** Those of the workers that lead back to the pipeline by stages of pipelines. */
async function findCircles(
  deps: { db: Db },
  principal: Principal,
  { own, names, found }: { own: string; names: readonly string[]; found: Found },
): Promise<Set<string>> {
  const known = new Map(found);
  let next = calledBy([...found.values()]).filter((name) => !known.has(name));
  for (let depth = 1; depth <= limits.call_depth_runs.value && next.length > 0; depth++) {
    const more = await findManifests(deps, principal, next.slice(0, MOST_BELOW));
    more.forEach((manifest, name) => known.set(name, manifest));
    next = calledBy([...more.values()]).filter((name) => !known.has(name));
  }
  return new Set(names.filter((name) => leadsTo(own, { from: name, known })));
}

function calledBy(manifests: readonly Manifest[]): string[] {
  return [
    ...new Set(manifests.flatMap(({ pipeline }) => (pipeline?.stages ?? []).map(({ worker }) => worker))),
  ];
}

function leadsTo(own: string, { from, known }: { from: string; known: Found }): boolean {
  const seen = new Set<string>();
  const open = [from];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (name === own) return true;
    if (seen.has(name)) continue;
    seen.add(name);
    const manifest = known.get(name);
    if (manifest !== undefined) open.push(...calledBy([manifest]));
  }
  return false;
}
