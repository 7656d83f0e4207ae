// Owns what sandboxes of a workspace can be made of, by name: what a template says, not whether it is built.
// Never builds anything: the first run that needs a template has it built.
// Writes templates in D1.
import type { Principal } from "#contract/access/access";
import { formatLimit, limits } from "#contract/limits";
import type { ProblemError } from "#contract/problem";
import { TEMPLATE_PATH, templateNameSchema } from "#contract/templates/template";
import type { TemplateDetail, TemplateSpec } from "#contract/templates/template";
import { AppError, notFound } from "../platform/app-error.ts";
import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db/client.ts";
import { nameTemplate } from "../registry/template/name-template.ts";
import { parseTemplate } from "../registry/template/parse-template.ts";
import {
  countTemplates,
  deleteTemplateRow,
  findTemplateRow,
  listTemplateRows,
  putTemplateRow,
} from "./store.ts";
import type { TemplateRow } from "./store.ts";

export interface TemplateDeps {
  db: Db;
  clock: Clock;
}

async function describeTemplate({ name, spec, updated_at }: TemplateRow): Promise<TemplateDetail> {
  const {
    start_command = null,
    ready_command = null,
    cpu_count = null,
    memory_mb = null,
    ...packages
  } = spec;
  return {
    name,
    provider_name: (await nameTemplate(spec)).name,
    ...packages,
    cpu_count,
    memory_mb,
    start_command,
    ready_command,
    updated_at: new Date(updated_at).toISOString(),
  };
}

/** The workspace's templates, by name. */
export async function listTemplates({ db }: TemplateDeps, principal: Principal): Promise<TemplateDetail[]> {
  return Promise.all((await listTemplateRows(db, principal.workspace_id)).map(describeTemplate));
}

/** Throws `not_found`. */
export async function getTemplate(
  { db }: TemplateDeps,
  principal: Principal,
  name: string,
): Promise<TemplateDetail> {
  const row = await findTemplateRow(db, principal.workspace_id, name);
  if (row === undefined) throw notFound("template");
  return describeTemplate(row);
}

/** What the workspace's template of this name says; null for none. */
export async function findTemplate(db: Db, workspaceId: string, name: string): Promise<TemplateSpec | null> {
  return (await findTemplateRow(db, workspaceId, name))?.spec ?? null;
}

/** Makes a template or replaces it. Throws `invalid_template` with every reason, `too_many_templates`. */
export async function putTemplate(
  { db, clock }: TemplateDeps,
  principal: Principal,
  { name, source }: { name: string; source: string },
): Promise<TemplateDetail> {
  const spec = requireSpec(name, source);
  const { workspace_id } = principal;
  const known = await findTemplateRow(db, workspace_id, name);
  if (!known && (await countTemplates(db, workspace_id)) >= limits.workspace_templates.value) {
    const detail = `A workspace has at most ${formatLimit("workspace_templates")} as templates. Remove one first.`;
    throw new AppError("too_many_templates", detail);
  }
  const row = { workspace_id, name, spec, updated_at: clock() };
  await putTemplateRow(db, row);
  return describeTemplate(row);
}

function requireSpec(name: string, source: string): TemplateSpec {
  const named = templateNameSchema.safeParse(name);
  if (!named.success) throw refuse([{ pointer: "/name", detail: `The name ${name} cannot be one.` }]);
  const { template, findings } = parseTemplate(source);
  if (template === null) {
    throw refuse(
      findings.map(({ pointer, message, code, fix, line, column }) => {
        return { pointer, detail: message, code, fix, line, column, file: TEMPLATE_PATH };
      }),
    );
  }
  if (template.name !== null && template.name !== name) {
    const detail = `${TEMPLATE_PATH} names ${template.name}, but it is pushed as ${name}.`;
    throw refuse([{ pointer: "/name", detail, code: "other_name", file: TEMPLATE_PATH }]);
  }
  return template.spec;
}

function refuse(errors: ProblemError[]): AppError {
  const lines = errors
    .slice(0, 3)
    .map(({ line, detail }) => (line === undefined ? "" : `Line ${line}: `) + detail);
  return new AppError("invalid_template", lines.join(" "), { errors });
}

/** Removes a template. Throws `not_found`. */
export async function deleteTemplate(
  { db }: TemplateDeps,
  principal: Principal,
  name: string,
): Promise<void> {
  if (!(await deleteTemplateRow(db, principal.workspace_id, name))) throw notFound("template");
}
