import { createHash } from "node:crypto";
import { z } from "zod";

const stepSchema = z.object({
  type: z.string().max(32),
  args: z
    .array(z.string().max(64 * 1024))
    .max(1000)
    .optional(),
  force: z.boolean().optional(),
});

/** What the SDK's template builder sends. */
export const buildOrderSchema = z.object({
  fromImage: z.string().max(500).nullish(),
  fromTemplate: z.string().max(200).nullish(),
  fromImageRegistry: z.unknown().optional(),
  force: z.boolean().nullish(),
  steps: z.array(stepSchema).max(100).optional(),
  startCmd: z.string().max(10_000).nullish(),
  readyCmd: z.string().max(10_000).nullish(),
});

/** An order to build, as the wire has it. */
export type BuildOrder = z.infer<typeof buildOrderSchema>;

/** A command whose result becomes a layer. */
export interface BuildCommand {
  /** Where it stands among the client's steps, from 1. */
  step: number;
  command: string;
  /** Whether it may install for everybody. */
  asRoot: boolean;
  envs: Record<string, string>;
  /** Absolute, or null for the home folder. */
  workdir: string | null;
  /** Of all that its result depends on: what stood below, the command, and how it is run. */
  layer: string;
  force: boolean;
}

/** What is to be done, in order, and what sandboxes of the template begin with. */
export interface BuildPlan {
  commands: BuildCommand[];
  envs: Record<string, string>;
}

/** The order cannot be carried out. `step` counts from 1. */
export class UnbuildableTemplate extends Error {
  readonly step: number;
  constructor(step: number, message: string) {
    super(message);
    this.name = "UnbuildableTemplate";
    this.step = step;
  }
}

interface Progress extends BuildPlan {
  below: string;
  user: string;
  workdir: string | null;
}

type Step = z.infer<typeof stepSchema>;

function setEnvs(progress: Progress, args: readonly string[]): Progress {
  const envs = { ...progress.envs };
  for (let at = 0; at < args.length; at += 2) envs[args[at] ?? ""] = args[at + 1] ?? "";
  return { ...progress, envs };
}

function addCommand(progress: Progress, { args = [], force = false }: Step, step: number): Progress {
  const [command = "", user = progress.user] = args;
  const { envs, workdir, below } = progress;
  const facts = JSON.stringify([below, command, user, Object.entries(envs), workdir]);
  const layer = createHash("sha256").update(facts).digest("hex").slice(0, 32);
  const added = { step, command, asRoot: user === "root", envs, workdir, layer, force };
  return { ...progress, commands: [...progress.commands, added], below: layer };
}

function take(progress: Progress, given: Step, step: number): Progress {
  const { type, args = [] } = given;
  const [first = ""] = args;
  if (type === "RUN") return addCommand(progress, given, step);
  if (type === "ENV") return setEnvs(progress, args);
  if (type === "USER") return { ...progress, user: first };
  if (type === "WORKDIR") return { ...progress, workdir: first };
  throw new UnbuildableTemplate(
    step,
    `${type} is not available in local templates: they hold what commands install`,
  );
}

/**
 * Reads the steps as a shell of a build would meet them. `below` is the uppermost layer of the template it starts from,
 * `envs` what that template sets. Pure. Throws UnbuildableTemplate for steps that local templates do not have.
 */
export function planBuild(
  order: Pick<BuildOrder, "steps" | "force">,
  base: { below: string; envs: Record<string, string> },
): BuildPlan {
  const start: Progress = { commands: [], envs: base.envs, below: base.below, user: "user", workdir: null };
  const { commands, envs } = (order.steps ?? []).reduce<Progress>(
    (progress, given, at) => take(progress, given, at + 1),
    start,
  );
  const forced = order.force === true;
  return { commands: commands.map((command) => ({ ...command, force: forced || command.force })), envs };
}
