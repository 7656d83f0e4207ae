import * as z from "zod";
import { defineRoute } from "../route.ts";
import { putTemplateSchema, templateDetailSchema } from "./template.ts";

const answer = <S extends z.ZodType>(schema: S, description: string) =>
  ({ kind: "json", status: 200, schema, description }) as const;

const tag = "Templates";

export const templateRoutes = {
  listTemplates: defineRoute({
    id: "listTemplates",
    method: "GET",
    path: "/api/templates",
    tag,
    summary: "List the workspace's sandbox templates",
    access: "workers:read",
    answer: answer(z.array(templateDetailSchema), "The templates, by name."),
    problems: [],
  }),
  getTemplate: defineRoute({
    id: "getTemplate",
    method: "GET",
    path: "/api/templates/{template}",
    tag,
    summary: "Get a sandbox template",
    access: "workers:read",
    answer: answer(templateDetailSchema, "The template."),
    problems: ["not_found"],
  }),
  putTemplate: defineRoute({
    id: "putTemplate",
    method: "PUT",
    path: "/api/templates/{template}",
    tag,
    summary: "Make a sandbox template, or replace it",
    description:
      "Workers have it by `exec.template_profile`. It is built when the first run needs it; runs that were started before keep the one they were started with.",
    access: "workers:write",
    body: { kind: "json", schema: putTemplateSchema, limit: "json_body_bytes" },
    answer: answer(templateDetailSchema, "The template."),
    problems: ["invalid_template", "too_many_templates"],
  }),
  deleteTemplate: defineRoute({
    id: "deleteTemplate",
    method: "DELETE",
    path: "/api/templates/{template}",
    tag,
    summary: "Remove a sandbox template",
    description:
      "Starts of workers that name it are refused from then on; runs that were started keep theirs.",
    access: "workers:write",
    answer: { kind: "empty", status: 204, description: "It is gone." },
    problems: ["not_found"],
  }),
} as const;
