import { AppError } from "./app-error.ts";

/** What came of something that may be refused. */
export type Attempt<T> = { ok: true; value: T } | { ok: false; refusal: AppError };

/** Does something whose refusal is an answer too: of one among many, or to be written down. Any other fault is thrown. */
export async function attempt<T>(act: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { ok: true, value: await act() };
  } catch (error) {
    if (error instanceof AppError) return { ok: false, refusal: error };
    throw error;
  }
}

/** The same of something that is done at once. */
export function attemptNow<T>(act: () => T): Attempt<T> {
  try {
    return { ok: true, value: act() };
  } catch (error) {
    if (error instanceof AppError) return { ok: false, refusal: error };
    throw error;
  }
}
