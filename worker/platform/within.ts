/** Calls `act` once so many milliseconds are over; what it answers takes that back. */
export type After = (ms: number, act: () => void) => () => void;

/** Somebody did not answer in time; what was asked may still happen. */
export class Unanswered extends Error {
  override readonly name = "Unanswered";
}

/**
 * What `work` comes to, waiting at most `ms` for it. Throws after that; the work itself goes on. No timer is left behind:
 * it would keep a Durable Object awake.
 */
export async function within<T>(after: After, ms: number, work: () => Promise<T>): Promise<T> {
  let cancel = () => {};
  const late = new Promise<never>((_resolve, reject) => {
    cancel = after(ms, () => reject(new Unanswered(`no answer within ${ms} ms`)));
  });
  try {
    return await Promise.race([work(), late]);
  } finally {
    cancel();
  }
}
