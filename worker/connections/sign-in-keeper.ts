import * as z from "zod";
import { limits } from "#contract/limits";
import type { Clock } from "../platform/clock.ts";
import type { Dial } from "../platform/network/dial-client.ts";
import { defineUnmarked } from "../platform/objects/stored-document.ts";
import { guardFetch } from "./guarded-fetch.ts";
import { begunForm, endSignIn, refreshSignIn, signedInForm } from "./protocol/oauth-client.ts";
import type { Begun, SignedIn } from "./protocol/oauth-client.ts";
import { NotSignedIn } from "./protocol/mcp-client.ts";
import type { ShelfKv } from "./tool-shelf.ts";

/** Seals and opens what is kept of one connection. */
export interface Box {
  seal: (text: string) => Promise<string>;
  open: (sealed: string) => Promise<string>;
}

export interface SignInDeps {
  kv: ShelfKv;
  clock: Clock;
  dial: Dial;
}

const sealedForm = defineUnmarked("box of a connection", z.string());
const SIGNED_IN = "signed_in";
const BEGUN = "begun";
const OVER = "sign_in_over";
/** A token that ends within this time is renewed first, milliseconds. */
const EARLY_MS = 60_000;

/**
 * Who is signed in over one connection. Its object is the only one that has these tokens, so a token is renewed once, for
 * everybody who waits for it; what comes back is stored before anybody is given it.
 */
export class SignInKeeper {
  readonly #deps: SignInDeps;
  #renewal: Promise<SignedIn> | null = null;

  constructor(deps: SignInDeps) {
    this.#deps = deps;
  }

  get isSignedIn(): boolean {
    return this.#deps.kv.get(SIGNED_IN) !== undefined;
  }

  /** Whether the last sign-in was ended by its server, for good. */
  get isOver(): boolean {
    return this.#deps.kv.get(OVER) !== undefined;
  }

  async keepBegun(box: Box, begun: Begun): Promise<void> {
    this.#deps.kv.put(BEGUN, await box.seal(JSON.stringify(begun)));
  }

  /** The sign-in that was begun with this nonce; it is good once, and only for a while. Null: there is none. */
  async takeBegun(box: Box, nonce: string): Promise<Begun | null> {
    const sealed = this.#sealed(BEGUN);
    if (sealed === null) return null;
    const begun = begunForm.readText(await box.open(sealed));
    if (begun.nonce !== nonce) return null;
    // Two returns with one state meet here: only the first still finds it.
    const isStillThere = this.#sealed(BEGUN) === sealed;
    this.#deps.kv.delete(BEGUN);
    return isStillThere && this.#deps.clock() < begun.expires_at ? begun : null;
  }

  async end(box: Box, begun: Begun, { code, iss }: { code: string; iss: string | null }): Promise<void> {
    const signedIn = await endSignIn(begun, { code, iss, fetch: this.#ask(), now: this.#deps.clock() });
    await this.#keep(box, signedIn);
  }

  /** A token that is good for a while yet; undefined where nobody has signed in, which a server may not mind. */
  async token(box: Box): Promise<string | undefined> {
    if (this.#renewal !== null) return (await this.#renewal).access_token;
    const known = await this.#read(box);
    if (known === null) return undefined;
    const isGood = known.expires_at === null || this.#deps.clock() + EARLY_MS < known.expires_at;
    return isGood || known.refresh_token === null
      ? known.access_token
      : (await this.#renew(box, known)).access_token;
  }

  /** The server refused the token `used`: another one, unless somebody has got one meanwhile. */
  async renewAfter(box: Box, used: string | undefined): Promise<void> {
    if (this.#renewal !== null) return void (await this.#renewal);
    const known = await this.#read(box);
    if (known === null) throw new NotSignedIn("Nobody has signed in.");
    if (known.access_token !== used) return;
    await this.#renew(box, known);
  }

  #ask() {
    const signal = AbortSignal.timeout(limits.connection_seconds.value * 1000);
    return guardFetch(this.#deps.dial, { signal, origin: null });
  }

  #sealed(key: string): string | null {
    const stored = this.#deps.kv.get(key);
    return stored === undefined ? null : sealedForm.read(stored);
  }

  async #read(box: Box): Promise<SignedIn | null> {
    const sealed = this.#sealed(SIGNED_IN);
    return sealed === null ? null : signedInForm.readText(await box.open(sealed));
  }

  async #keep(box: Box, signedIn: SignedIn): Promise<void> {
    const sealed = await box.seal(JSON.stringify(signedIn));
    this.#deps.kv.put(SIGNED_IN, sealed);
    this.#deps.kv.delete(OVER);
  }

  async #renew(box: Box, known: SignedIn): Promise<SignedIn> {
    this.#renewal ??= this.#renewOnce(box, known).finally(() => (this.#renewal = null));
    return this.#renewal;
  }

  async #renewOnce(box: Box, known: SignedIn): Promise<SignedIn> {
    // Another call may have renewed it between the reading and this.
    const newest = (await this.#read(box)) ?? known;
    if (newest.access_token !== known.access_token) return newest;
    try {
      const renewed = await refreshSignIn(known, { fetch: this.#ask(), now: this.#deps.clock() });
      await this.#keep(box, renewed);
      return renewed;
    } catch (error) {
      if (error instanceof Error && error.name === "SignInOver") {
        this.#deps.kv.delete(SIGNED_IN);
        this.#deps.kv.put(OVER, true);
      }
      throw error;
    }
  }
}
