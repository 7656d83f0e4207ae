import type { ClientGrantId, UserId } from "#contract/ids";
import type { Db } from "../platform/db/client.ts";
import type { ClientDocument } from "./client-document.ts";

/** What the endpoints of OAuth are built from. Times are by the engine's own clock: it has no other. */
export interface OAuthEngineDeps {
  db: Db;
  /** The origin people reach this edge at; it is the issuer. */
  publicUrl: string;
  signingKey: string;
  /** Those before it: the cookies that they signed are still good. */
  earlierSigningKeys: readonly string[];
  newUserId: () => UserId;
  newRowId: () => string;
  /** A client may be described by an address of this machine: for tests and for whoever builds one. */
  allowLoopback: boolean;
  /** What the address of a client says of it; null where it says nothing that can be used. */
  fetchClientDocument: (address: string) => Promise<ClientDocument | null>;
}

/** What the rest of the edge knows of the library that speaks OAuth. */
export interface OAuthEngine {
  /**
   * Answers one of its endpoints. `grant` is what a person has just allowed, where the request says that they have: all
   * tokens that come of it belong to that.
   */
  handle: (request: Request, grant?: ClientGrantId) => Promise<Response>;
}
