import { asksForHouseShapes, HOUSE_MEDIA_TYPE } from "#contract/compat/media-type";
import { originalAnswers } from "#contract/compat/answers";

/**
 * A route's answer as JSON, in the shape that was asked for: the route's own, or that of the first Floom's clients where
 * theirs is another. This is the only place that chooses.
 */
export function answerJson(
  route: { id: string; status: number },
  answer: unknown,
  asked: { request: Request; params: Readonly<Record<string, string>> },
): Response {
  const { status } = route;
  const original = Object.hasOwn(originalAnswers, route.id) ? originalAnswers[route.id] : undefined;
  if (original === undefined) return Response.json(answer, { status });
  const headers = new Headers({ vary: "accept" });
  if (asksForHouseShapes(asked.request.headers.get("accept"))) {
    headers.set("content-type", HOUSE_MEDIA_TYPE);
    return Response.json(answer, { status, headers });
  }
  const { body, headers: more } = original.build(answer, {
    params: asked.params,
    query: Object.fromEntries(new URL(asked.request.url).searchParams),
  });
  for (const [name, value] of Object.entries(more)) headers.set(name, value);
  return Response.json(body, { status, headers });
}
