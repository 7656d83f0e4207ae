import { limits } from "#contract/limits";
import type { NamedTemplate } from "#contract/templates/template";
import type { Clock } from "../platform/clock.ts";
import type { Files } from "../platform/files.ts";
import type { TemplateBuilder } from "../runs/ports/template-builder.ts";
import { buildRefusal } from "../runs/record/take-bytes.ts";
import type { BuildLook } from "./build-lifecycle.ts";
import type { BuildState } from "./build-state.ts";
import type { BuildBegun, BuildWork } from "./build-work.ts";

/** What building templates touches. */
export interface TemplateWorkDeps {
  files: Files;
  templates: TemplateBuilder;
  clock: Clock;
}

/** Has a template built by the sandbox provider, which keeps it; what is kept here is the word that it is there. */
export class TemplateWork implements BuildWork {
  readonly #deps: TemplateWorkDeps;
  readonly #template: NamedTemplate;

  constructor(deps: TemplateWorkDeps, template: NamedTemplate) {
    this.#deps = deps;
    this.#template = template;
  }

  async launch(): Promise<BuildBegun> {
    const begun = await this.#deps.templates.begin(this.#template);
    if (begun.kind === "begun") return { kind: "launched", sandboxId: begun.buildId };
    return begun.kind === "failed" ? { kind: "impossible", message: begun.message } : begun;
  }

  async look({ sandbox_id }: BuildState): Promise<BuildLook | null> {
    if (sandbox_id === null) return null;
    const look = await this.#deps.templates.look(sandbox_id);
    switch (look.kind) {
      case "unavailable":
        return null;
      case "lost":
        return { kind: "gone" };
      case "building":
        return { kind: "going" };
      case "ready":
        return { kind: "done", lines: this.#toLines(look.log), failed: false, archive: null };
      case "failed": {
        const refusal = JSON.stringify(buildRefusal("template_failed", look.message));
        return { kind: "done", lines: [...this.#toLines(look.log), refusal], failed: true, archive: null };
      }
    }
  }

  async store(): Promise<"stored"> {
    await this.#deps.files.noteTemplate(this.#template.name, { lostAt: null });
    return "stored";
  }

  /** A build is the provider's, and ends by itself. */
  async kill(): Promise<void> {}

  /** The newest lines of the builder's log, as they stand in a run's. */
  #toLines(texts: readonly string[]): string[] {
    const at = this.#deps.clock();
    const kept: string[] = [];
    let room = limits.build_log_bytes.value / 2;
    for (const text of texts.toReversed()) {
      const line = text.slice(0, limits.log_line_bytes.value / 4);
      const entry = JSON.stringify({ type: "log", at, stream: "system", level: "info", text: line });
      room -= 4 * entry.length;
      if (room < 0) break;
      kept.unshift(entry);
    }
    return kept;
  }
}
