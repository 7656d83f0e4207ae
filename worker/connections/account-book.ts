import * as z from "zod";
import { defineUnmarked } from "../platform/objects/stored-document.ts";
import type { ShelfKv } from "./tool-shelf.ts";

const ACCOUNT = "composio_account";
const BEGUN = "composio_begun";
const accountForm = defineUnmarked("account at Composio", z.string());
const linkSchema = z.object({ nonce: z.string(), expires_at: z.number(), account: z.string() });
const linkForm = defineUnmarked("link to an account at Composio", linkSchema);

/** Which account at Composio a connection has. Its id is told to nobody: it is enough to act there beside the server's key. */
export class AccountBook {
  readonly #kv: ShelfKv;

  constructor(kv: ShelfKv) {
    this.#kv = kv;
  }

  get current(): string | null {
    const stored = this.#kv.get(ACCOUNT);
    return stored === undefined ? null : accountForm.read(stored);
  }

  /** A person was given a link. An earlier one that was not used ends. */
  begin(link: z.infer<typeof linkSchema>): void {
    this.#kv.put(BEGUN, link);
  }

  /** The person is back: the account is the connection's. False where the link was used, is another's, or is too old. */
  take(nonce: string, now: number): boolean {
    const stored = this.#kv.get(BEGUN);
    if (stored === undefined) return false;
    const link = linkForm.read(stored);
    if (link.nonce !== nonce) return false;
    this.#kv.delete(BEGUN);
    if (now >= link.expires_at) return false;
    this.#kv.put(ACCOUNT, link.account);
    return true;
  }
}
