import type { templateRoutes } from "#contract/templates/routes";
import type { RouteHandlers } from "../http/mount.ts";
import { deleteTemplate, getTemplate, listTemplates, putTemplate } from "./service.ts";
import type { TemplateDeps } from "./service.ts";

export const templateHandlers: RouteHandlers<typeof templateRoutes, TemplateDeps> = {
  listTemplates: (deps, { principal }) => listTemplates(deps, principal),
  getTemplate: (deps, { principal, params }) => getTemplate(deps, principal, params.template),
  putTemplate: (deps, { principal, params, json }) =>
    putTemplate(deps, principal, { name: params.template, source: json.template_yml }),
  async deleteTemplate(deps, { principal, params }) {
    await deleteTemplate(deps, principal, params.template);
    return undefined;
  },
};
