import { RecordTable } from "../host/record-table.ts";
import { splitName, templateBuildSchema } from "./template-build.ts";
import type { TemplateBuild } from "./template-build.ts";

/** The builds of templates. */
export class TemplateStore {
  readonly #builds: RecordTable<TemplateBuild>;

  /** Opens the database file, creating it when missing. */
  constructor(file: string) {
    const idOf = (build: TemplateBuild): string => build.build_id;
    this.#builds = new RecordTable(file, { table: "template_builds", schema: templateBuildSchema, idOf });
  }

  save(build: TemplateBuild): void {
    this.#builds.save(build);
  }

  list(): TemplateBuild[] {
    return this.#builds.list();
  }

  find(templateId: string, buildId: string): TemplateBuild | undefined {
    const build = this.#builds.find(buildId);
    return build?.template_id === templateId ? build : undefined;
  }

  /** The builds of a template, addressed by its id or by its name. */
  listOf(idOrName: string): TemplateBuild[] {
    return this.list().filter(({ template_id, name }) => template_id === idOrName || name === idOrName);
  }

  /** The newest build that sandboxes can be made of, by `name`, `name:tag` or the template's id. */
  findReady(reference: string): TemplateBuild | undefined {
    const { name, tag } = splitName(reference);
    return this.listOf(name)
      .filter((build) => build.status === "ready" && build.tags.includes(tag))
      .toSorted((a, b) => b.created_at_ms - a.created_at_ms)[0];
  }

  /** Forgets every build of a template. False when there was none. */
  remove(idOrName: string): boolean {
    const builds = this.listOf(idOrName);
    for (const { build_id } of builds) this.#builds.remove(build_id);
    return builds.length > 0;
  }

  close(): void {
    this.#builds.close();
  }
}
