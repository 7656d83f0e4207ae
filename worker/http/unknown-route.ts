import { findMissingFeature } from "#contract/compat/features";
import type { TableRoute } from "#contract/routes";
import { AppError } from "../platform/app-error.ts";
import { routePathOf } from "./front-door.ts";
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

/**
 * The refusal for a request no route took: 501 with its name where it is for something that clients of the first Floom
 * know and this server does not have, 405 with Allow where the path is known, else 404.
 */
export function refuseUnknown(table: Record<string, TableRoute>, context: RequestContext): Response {
  const instance = context.url.pathname;
  const path = routePathOf(context.request);
  const refusal = refusalOf(table, { method: context.request.method, path });
  return problemResponse(refusal, { instance, requestId: context.requestId });
}

function refusalOf(
  table: Record<string, TableRoute>,
  { method, path }: { method: string; path: string },
): AppError {
  const feature = findMissingFeature(method, path);
  if (feature !== undefined)
    return new AppError("feature_missing", `This server has no ${feature.what}: ${path} is not there.`);

  const methods = allowedMethods(table, path);
  if (methods.length > 0) {
    const allow = methods.join(", ");
    return new AppError("method_not_allowed", `${path} takes ${allow}.`, { headers: { allow } });
  }
  return new AppError("unknown_route", `There is no ${path}. See /api/docs for what there is.`);
}
