import { BuildError, SandboxError, Template } from "e2b";
import type { NamedTemplate, TemplateSpec } from "#contract/templates/template";
import { describeError, log } from "../platform/log.ts";
import type { TemplateBegun, TemplateBuilder, TemplateLook } from "../runs/ports/template-builder.ts";
import { buildCommands } from "./build-commands.ts";
import { buildConnection, refuse } from "./e2b-connection.ts";
import type { Connection, E2bSettings } from "./e2b-connection.ts";

/** A start command that nobody waits for is ready when it is started. */
const AT_ONCE = "true";

/** Builds templates by the SDK's builder, in E2B's cloud or on the local sandbox server. */
export class E2bTemplates implements TemplateBuilder {
  readonly #settings: E2bSettings;
  readonly #connection: Connection;

  constructor(settings: E2bSettings) {
    this.#settings = settings;
    this.#connection = buildConnection(settings);
  }

  async begin({ name, spec }: NamedTemplate): Promise<TemplateBegun> {
    if (this.#settings.apiKey === "") {
      const message = "No sandbox provider is configured: E2B_API_KEY is not set.";
      return { kind: "refused", code: "missing_e2b_key", message, retryAfterMs: null };
    }
    try {
      const template = describe(spec, this.#settings.template);
      const { cpu_count: cpuCount, memory_mb: memoryMB } = spec;
      const { templateId, buildId } = await Template.buildInBackground(template, name, {
        ...this.#connection,
        ...(cpuCount === undefined ? {} : { cpuCount }),
        ...(memoryMB === undefined ? {} : { memoryMB }),
      });
      return { kind: "begun", buildId: `${templateId}/${buildId}` };
    } catch (error) {
      log("warn", "template.begin_refused", { template: name, error: describeError(error) });
      const why = whyImpossible(error);
      return why === null ? refuse(error) : { kind: "failed", message: why };
    }
  }

  async look(build: string): Promise<TemplateLook> {
    const [templateId = "", buildId = ""] = build.split("/");
    try {
      const found = await Template.getBuildStatus({ templateId, buildId }, this.#connection);
      const lines = found.logEntries.map(({ message }) => message);
      if (found.status === "ready") return { kind: "ready", log: lines };
      if (found.status !== "error") return { kind: "building" };
      return { kind: "failed", log: lines, message: describeFailure(found.reason?.message) };
    } catch (error) {
      log("warn", "template.look_failed", { build, error: describeError(error) });
      return statusOf(error) === 404 ? { kind: "lost" } : { kind: "unavailable" };
    }
  }
}

/** The SDK's description of a template. Variables come last: they are those of the runs, not of the installers. */
function describe(spec: TemplateSpec, base: string) {
  let builder = Template().fromTemplate(base);
  for (const command of buildCommands(spec)) builder = builder.runCmd(command, { user: "root" });
  if (Object.keys(spec.env).length > 0) builder = builder.setEnvs(spec.env);
  return spec.start_command === undefined
    ? builder
    : builder.setStartCmd(spec.start_command, spec.ready_command ?? AT_ONCE);
}

/** The status of the provider's answer; the SDK's errors of builds have it in their text alone. */
function statusOf(error: unknown): number | undefined {
  if (error instanceof SandboxError) return error.statusCode;
  const [, status] = error instanceof BuildError ? (/^(\d{3}): /.exec(error.message) ?? []) : [];
  return status === undefined ? undefined : Number(status);
}

/** Why a build cannot be begun however often it is tried, in the provider's words; null for what may pass. */
function whyImpossible(error: unknown): string | null {
  const isJudged = statusOf(error) === 400 && error instanceof Error;
  return isJudged ? describeFailure(error.message.replace(/^400: /, "")) : null;
}

function describeFailure(words: string | undefined): string {
  return `The sandbox template cannot be built: ${(words ?? "the builder gives no reason").slice(0, 500).replace(/\.$/, "")}.`;
}
