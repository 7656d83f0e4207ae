// Owns the change from one master key to the next: what another one wraps, the current one wraps afterwards.
// Never opens a secret that is in an envelope, and never loses one: what cannot be unwrapped stays as it is and is counted.
// Writes wrapped keys, each only as long as nobody else has changed it.
import type { Principal } from "#contract/access/access";
import type { RewrapResult } from "#contract/secrets/secret";
import { isServerOwner } from "../access/principal.ts";
import { AppError } from "../platform/app-error.ts";
import { describeError, log } from "../platform/log.ts";
import { masterKeyOf, rewrap } from "../platform/secrets/envelope-crypto.ts";
import type { MasterKeys } from "../platform/secrets/master-keys.ts";

/** A wrapped text, by what it is found again. */
export interface WrappedText {
  id: string;
  text: string;
}

/** One kind of thing that holds something wrapped. */
export interface WrappedShelf {
  purposeOf: (id: string) => string;
  /** Those behind `after`, by id. */
  list: (after: string, limit: number) => Promise<WrappedText[]>;
  /** False when it was changed meanwhile: whoever changed it has wrapped it. */
  replace: (change: { id: string; from: string; to: string }) => Promise<boolean>;
  /** What is in no envelope yet, in one. */
  adopt?: (old: WrappedText) => Promise<string>;
}

export interface RewrapDeps {
  masterKeys: MasterKeys | null;
  shelves: WrappedShelf[];
}

const PAGE = 100;

/** Wraps what there is anew, of all workspaces. Throws `owner_only` and `no_master_key`. */
export async function rewrapAll(deps: RewrapDeps, principal: Principal): Promise<RewrapResult> {
  if (!isServerOwner(principal))
    throw new AppError("owner_only", "Keys are replaced by whoever owns this server.");
  const masters = deps.masterKeys;
  if (masters === null)
    throw new AppError("no_master_key", "Set FLOOM_MASTER_KEYS first, and start this server again.");

  const result: RewrapResult = { master_key_id: masters.current, rewrapped: 0, left: 0 };
  for (const shelf of deps.shelves) await rewrapShelf(masters, shelf, result);
  return result;
}

async function rewrapShelf(masters: MasterKeys, shelf: WrappedShelf, result: RewrapResult): Promise<void> {
  for (let after = ""; ;) {
    const page = await shelf.list(after, PAGE);
    for (const item of page) {
      const done = await rewrapOne(masters, shelf, item);
      if (done === "rewrapped") result.rewrapped += 1;
      if (done === "left") result.left += 1;
    }
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    after = last.id;
  }
}

async function rewrapOne(
  masters: MasterKeys,
  shelf: WrappedShelf,
  item: WrappedText,
): Promise<"rewrapped" | "current" | "left"> {
  const { id, text } = item;
  const under = masterKeyOf(text);
  if (under === masters.current) return "current";
  try {
    const to =
      under === null && shelf.adopt !== undefined
        ? await shelf.adopt(item)
        : await rewrap(masters, { purpose: shelf.purposeOf(id), text });
    return (await shelf.replace({ id, from: text, to })) ? "rewrapped" : "current";
  } catch (error) {
    log("warn", "secrets.not_rewrapped", { id, error: describeError(error) });
    return "left";
  }
}
