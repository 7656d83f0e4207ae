import type { FollowDeps } from "./follow.ts";

// owns the word that nobody will answer a question about a run that a call waits with. Nothing is kept of it: whoever
// does not hear it waits until their time is over. What is decided is on the run's record, and comes by its events.

type LeftDeps = Pick<FollowDeps, "runObject">;

const addressOf = (question: string) => `https://run.internal/questions/${encodeURIComponent(question)}`;

/** A signal that aborts when this question is left. It is listened for until `over` aborts. */
export async function hearLeft(
  deps: LeftDeps,
  { runId, question, over }: { runId: string; question: string; over: AbortSignal },
): Promise<AbortSignal> {
  const left = new AbortController();
  const request = new Request(addressOf(question), { headers: { upgrade: "websocket" } });
  const { webSocket: socket } = await deps.runObject(runId).fetch(request);
  if (socket === null) return left.signal;
  socket.accept();
  socket.addEventListener("message", () => left.abort());
  over.addEventListener("abort", () => socket.close(1000), { once: true });
  if (over.aborted) socket.close(1000);
  return left.signal;
}

/** Says to whoever waits with this question that it is left. */
export async function tellLeft(
  deps: LeftDeps,
  { runId, question }: { runId: string; question: string },
): Promise<void> {
  await deps.runObject(runId).fetch(new Request(addressOf(question), { method: "POST" }));
}
