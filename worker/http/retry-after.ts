/** The library that signs people in says when to come back by a name of its own. */
export function withRetryAfter(answer: Response): Response {
  const seconds = answer.headers.get("x-retry-after");
  if (seconds === null) return answer;
  const headers = new Headers(answer.headers);
  headers.set("retry-after", seconds);
  return new Response(answer.body, { status: answer.status, headers });
}
