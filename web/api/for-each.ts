/** Does `work` to each of them, whatever the others meet, and throws what the first refused one met. */
export async function forEach<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const results = await Promise.allSettled(items.map(work));
  const refused = results.find((result) => result.status === "rejected");
  if (refused !== undefined) throw refused.reason;
}
