import { DatabaseSync } from "node:sqlite";
import type { StatementSync } from "node:sqlite";
import { splitName, templateBuildSchema } from "./template-build.ts";
import type { TemplateBuild } from "./template-build.ts";

/** The builds of templates, in SQLite and in memory. A change is on disk when `save` returns. */
export class TemplateStore {
  readonly #database: DatabaseSync;
  readonly #upsert: StatementSync;
  readonly #remove: StatementSync;
  readonly #builds = new Map<string, TemplateBuild>();

  /** Opens the database file, creating it when missing. */
  constructor(file: string) {
    this.#database = new DatabaseSync(file);
    this.#database.exec(
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 2000;" +
        "CREATE TABLE IF NOT EXISTS template_builds (id TEXT PRIMARY KEY, record TEXT NOT NULL) STRICT;",
    );
    this.#upsert = this.#database.prepare(
      "INSERT INTO template_builds (id, record) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET record = excluded.record",
    );
    this.#remove = this.#database.prepare("DELETE FROM template_builds WHERE id = ?");
    for (const row of this.#database.prepare("SELECT record FROM template_builds").all()) {
      const build = templateBuildSchema.parse(JSON.parse(String(row["record"])));
      this.#builds.set(build.build_id, build);
    }
  }

  save(build: TemplateBuild): void {
    this.#upsert.run(build.build_id, JSON.stringify(build));
    this.#builds.set(build.build_id, build);
  }

  list(): TemplateBuild[] {
    return [...this.#builds.values()];
  }

  find(templateId: string, buildId: string): TemplateBuild | undefined {
    const build = this.#builds.get(buildId);
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
    for (const { build_id } of builds) {
      this.#remove.run(build_id);
      this.#builds.delete(build_id);
    }
    return builds.length > 0;
  }

  close(): void {
    this.#database.close();
  }
}
