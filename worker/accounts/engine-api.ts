import type { UserId } from "#contract/ids";

/** A person who is signed in, in one browser. */
export interface AccountSession {
  user_id: UserId;
  session_id: string;
  email: string;
  email_verified: boolean;
  name: string;
  /** When this browser was signed in, epoch milliseconds. */
  signed_in_at: number;
}

/** What a person signed up with. */
export interface NewUser {
  user_id: UserId;
  email: string;
  name: string;
}

/** A mail to a person about their account; `text` holds a link that only they may have. */
export interface AccountMail {
  to: string;
  subject: string;
  text: string;
}

/** One provider of accounts elsewhere, as it knows this server. */
export interface SocialKeys {
  clientId: string;
  clientSecret: string;
}

/** What signing in is built from. Times are by the engine's own clock: it has no other. */
export interface EngineDeps {
  /** The origin people reach this edge at. */
  publicUrl: string;
  /** Signs cookies and links. */
  signingKey: string;
  /** Those before it: the cookies that they signed are still good. */
  earlierSigningKeys: readonly string[];
  social: { github: SocialKeys | null; google: SocialKeys | null };
  newUserId: () => UserId;
  newRowId: () => string;
  sendMail: (mail: AccountMail) => Promise<void>;
  /** Whether somebody with this address may have an account here. */
  maySignUp: (email: string) => Promise<boolean>;
  /** Whether somebody with this address has an account. */
  hasAccount: (email: string) => Promise<boolean>;
  /** Is called once for each new account, before anybody is signed in to it. */
  onSignUp: (user: NewUser) => Promise<void>;
}

/** What the rest of the edge knows of the library that signs people in. */
export interface AccountEngine {
  /** Answers one of the engine's own paths; `waitUntil` keeps the script alive for mails behind the answer. */
  handle: (request: Request, waitUntil: (work: Promise<unknown>) => void) => Promise<Response>;
  /** Makes an account whose address counts as confirmed, whoever else may have one. */
  createPerson: (person: { email: string; password: string; name: string }) => Promise<NewUser>;
  /** Who the cookie of these headers stands for; null for nobody. */
  findSession: (headers: Headers) => Promise<AccountSession | null>;
}
