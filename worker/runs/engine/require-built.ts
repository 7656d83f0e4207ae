import { limits } from "#contract/limits";
import { takeBuild } from "./attempt-intake.ts";
import { dependencyPlace } from "./launch.ts";
import type { BuildAnswer, BuildOrder } from "../ports/dependency-builds.ts";
import type { AcceptedRun } from "./run-handle.ts";

/** The end of a build is told; only if that word is lost does asking again find it. */
const ASK_AGAIN_MS = 60_000;
const beingBuilt = {
  dependencies: "the dependencies of this version are being installed, once for all its runs.",
  template: "the template of its sandbox is being built, once for all runs that have it.",
};

/**
 * `ready`: all that the launch needs is there; the digest is that of the version's dependencies, null where nothing is to
 * be handed over. `awaited`: the launch has to wait until it is built, or the attempt has ended because it cannot be.
 */
type Required = { kind: "ready"; digest: string | null } | { kind: "awaited" };

const nothingToHand: Required = { kind: "ready", digest: null };

/** What a launch needs built before it: the sandbox's template, then the version's packages. Has built what is not kept. */
export async function requireBuilt(
  run: AcceptedRun,
  attempt: number,
  { installs }: { installs: boolean },
): Promise<Required> {
  const template = await requireTemplate(run, attempt);
  if (template.kind === "awaited" || !installs) return template;
  return requireDependencies(run, attempt);
}

async function requireTemplate(run: AcceptedRun, attempt: number): Promise<Required> {
  const { template } = run.record.spec;
  if (template === null) return nothingToHand;
  const noted = await run.deps.files.findTemplate(template.name);
  if (noted?.lostAt === null) return nothingToHand;
  // What was built before the provider lost it does not count.
  const since = noted ? noted.lostAt + 1 : 0;
  const find = async () =>
    (await run.deps.files.findTemplate(template.name))?.lostAt === null ? nothingToHand : null;
  return haveBuilt(run, { attempt, since, order: { kind: "template", template }, find });
}

/**
 * How long the dependencies of a run's version may take to be installed apart. A called run may have little time left; what
 * is built is for others, too. A version that is let in leaves at least that much of a sandbox's life. Pure.
 */
export function secondsToBuild(spec: { install_timeout_seconds: number }): number {
  return Math.max(limits.install_timeout_seconds.value, spec.install_timeout_seconds);
}

async function requireDependencies(run: AcceptedRun, attempt: number): Promise<Required> {
  const kept = await findKept(run);
  if (kept) return kept;
  const { workspace_id, worker_id, bundle_digest, template, ...spec } = run.record.spec;
  const install_timeout_seconds = secondsToBuild(spec);
  const order: BuildOrder = {
    kind: "dependencies",
    workspace_id,
    worker_id,
    bundle_digest,
    install_timeout_seconds,
    sandbox_template: template?.name ?? null,
  };
  return haveBuilt(run, { attempt, since: 0, order, find: () => findKept(run) });
}

interface Wish {
  attempt: number;
  order: BuildOrder;
  /** What was built before is not wanted, epoch milliseconds. */
  since: number;
  find: () => Promise<Required | null>;
}

async function haveBuilt(run: AcceptedRun, { attempt, order, since, find }: Wish): Promise<Required> {
  const { deps, record } = run;
  const { spec, state } = record;
  const wantedSince = Math.max(since, state.launching_since ?? state.phase_since);
  const answer = await deps.dependencies.ask(order, { run_id: spec.run_id, attempt, since: wantedSince });
  if (answer.kind === "ended") {
    await takeBuild(run, { attempt, lines: answer.lines });
    return (await find()) ?? { kind: "awaited" };
  }
  await run.dispatch({ type: "refused", attempt, ...describeWait(answer, order) });
  return { kind: "awaited" };
}

async function findKept({ deps, record }: AcceptedRun): Promise<Required | null> {
  const kept = await deps.files.findDependencies(dependencyPlace(record.spec));
  return kept && { kind: "ready", digest: kept.empty ? null : kept.sha256 };
}

/** What keeps the launch waiting, as the lifecycle is told of a refusal. */
function describeWait(answer: Exclude<BuildAnswer, { kind: "ended" }>, { kind }: BuildOrder) {
  if (answer.kind === "pending") {
    return {
      code: "e2b_sandbox_error",
      message: beingBuilt[kind],
      retry_after_ms: null,
      waits: true,
      asks_again_ms: ASK_AGAIN_MS,
    } as const;
  }
  const { code, message, retryAfterMs, waits = false, doubtful = false, asksAgainMs = null } = answer;
  return { code, message, retry_after_ms: retryAfterMs, waits, doubtful, asks_again_ms: asksAgainMs };
}
