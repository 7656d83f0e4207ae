import type { TableRoute } from "#contract/routes";
import { AppError } from "../platform/app-error.ts";
import { problemResponse } from "./problem-response.ts";
import type { RequestContext } from "./request-context.ts";

function toPattern(path: string): RegExp {
  const escaped = path.replace(/[.*+?^$()|[\]\\]/g, "\\$&");
  return new RegExp(`^${escaped.replace(/\{\w+\}/g, "[^/]+")}$`);
}

/** The methods the table has for a path; none when the path is unknown. */
export function allowedMethods(table: Record<string, TableRoute>, path: string): string[] {
  const methods = Object.values(table)
    .filter((route) => toPattern(route.path).test(path))
    .map((route) => route.method);
  return [...new Set(methods)];
}

/** The refusal for a request no route took: 405 with Allow where the path is known, else 404. */
export function refuseUnknown(table: Record<string, TableRoute>, context: RequestContext): Response {
  const path = new URL(context.request.url).pathname;
  const methods = allowedMethods(table, path);
  const error =
    methods.length > 0
      ? new AppError("method_not_allowed", `${path} takes ${methods.join(", ")}.`, {
          headers: { allow: methods.join(", ") },
        })
      : new AppError("unknown_route", `There is no ${path}. See /api/docs for what there is.`);
  return problemResponse(error, { instance: path, requestId: context.requestId });
}
