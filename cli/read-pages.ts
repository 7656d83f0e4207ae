import { limits } from "#contract/limits";

/** Part of a list, and where it goes on; null at its end. */
interface Page<Item> {
  items: Item[];
  next_cursor: string | null;
}

/** Reads a list page by page, until it has as many as are wanted or there are no more. */
export async function readPages<Item>(
  wanted: number,
  read: (at: { limit: number; cursor: string | undefined }) => Promise<Page<Item>>,
): Promise<Page<Item>> {
  const items: Item[] = [];
  let cursor: string | null = null;
  do {
    const limit = Math.min(wanted - items.length, limits.page_items.value);
    const page: Page<Item> = await read({ limit, cursor: cursor ?? undefined });
    items.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor !== null && items.length < wanted);
  return { items, next_cursor: cursor };
}
