import type { Dial } from "../platform/network/dial-client.ts";

/** Something outside answered with the address of somewhere else. Nobody goes there: no credential was meant for it. */
export class Redirected extends Error {
  override readonly name = "Redirected";
}

/** An answer that is longer than anybody reads. */
export class AnswerTooLong extends Error {
  override readonly name = "AnswerTooLong";
}

/** So much of one answer is read, bytes. */
export const ANSWER_BYTES = 8 * 1024 * 1024;

export type GuardedFetch = (input: string | URL, init?: RequestInit) => Promise<Response>;

/**
 * The one fetch of a connection: every address is judged before it is dialled, whoever named it; redirects are refused, and
 * no answer is endless. `origin`: the only origin that may be asked, where a credential goes along.
 */
export function guardFetch(
  dial: Dial,
  { signal, origin }: { signal: AbortSignal; origin: string | null },
): GuardedFetch {
  return async (input, init = {}) => {
    const url = new URL(input);
    if (origin !== null && url.origin !== origin)
      throw new Redirected(
        `The server names ${url.origin} for what belongs to ${origin}: nothing was sent there.`,
      );
    const signals = [signal, init.signal].filter((one): one is AbortSignal => one != null);
    const answer = await dial(url.href, { ...init, signal: AbortSignal.any(signals) });
    if (answer.status >= 300 && answer.status < 400 && answer.status !== 304) {
      await answer.body?.cancel();
      const to = URL.parse(answer.headers.get("location") ?? "", url.href);
      throw new Redirected(
        `${url.origin}${url.pathname} redirects${to === null ? "" : ` to ${to.origin}${to.pathname}`}, and redirects are not followed: name the address itself.`,
      );
    }
    return answer.body === null ? answer : bounded(answer, answer.body);
  };
}

function bounded(answer: Response, body: ReadableStream<Uint8Array>): Response {
  let left = ANSWER_BYTES;
  const counting = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      left -= chunk.byteLength;
      if (left < 0) controller.error(new AnswerTooLong(`It answers more than ${ANSWER_BYTES} bytes.`));
      else controller.enqueue(chunk);
    },
  });
  const { status, statusText, headers } = answer;
  return new Response(body.pipeThrough(counting), { status, statusText, headers });
}
