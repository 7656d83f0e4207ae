import type { Json } from "#contract/json";
import type { ConnectionTool, SignInLink } from "#contract/connections/connection";
import type { ProblemCode } from "#contract/problem-registry";
import type { ToolAnswer } from "../tools/gate-api.ts";
import type { ConnectionSettings } from "./connection-settings.ts";

/** Which connection an object is asked about, and where it leads: the row has it, the object what signs in there. */
export interface ConnectionTarget {
  id: string;
  workspace_id: string;
  name: string;
  settings: ConnectionSettings;
}

/** What an object answers a caller that may be refused: an error that is thrown across is no AppError any more. */
export type ConnectionReply<T> =
  { kind: "done"; value: T } | { kind: "refused"; code: ProblemCode; detail: string };

/** What is known of a connection's tools. */
export interface ToolList {
  tools: ConnectionTool[];
  listed_at: number | null;
}

/** What came of asking a connection's server. */
export interface CheckResult {
  status: "valid" | "failed" | "expired";
  reason: string;
  /** Somebody has to sign in before anything can be called. */
  needs_sign_in: boolean;
  account_label: string | null;
}

/** A call as it is made: by the server's own name of the tool. `call_id` is the same call for ever. */
export interface ConnectionCall {
  call_id: string;
  tool: string;
  arguments: Json;
  /** The run that calls; null for a person. */
  run_id: string | null;
  /** Values of secrets by name, where the gate hands them on. */
  credentials: Readonly<Record<string, string>>;
}

/** The remote calls of a ConnectionObject: one connection's credentials, its tools as they were accepted, and its calls. */
export interface ConnectionApi {
  check(target: ConnectionTarget): Promise<CheckResult>;
  tools(target: ConnectionTarget): Promise<ToolList>;
  /** Accepts tools as they were read; refuses where one of them is another by now. */
  pin(
    target: ConnectionTarget,
    tools: readonly { name: string; digest: string }[],
  ): Promise<ConnectionReply<ToolList>>;
  /** Begins a sign-in; `sign` makes the state of a nonce. */
  authorize(target: ConnectionTarget, by: { user_id: string | null }): Promise<ConnectionReply<SignInLink>>;
  /** Ends the sign-in of this nonce, which is good once. */
  finish(
    target: ConnectionTarget,
    back: { nonce: string; code: string | null; iss: string | null },
  ): Promise<ConnectionReply<null>>;
  /** Whether this account at Composio is the connection's. */
  hasAccount(account: string): Promise<boolean>;
  /** Makes a call. The gate alone asks for it. */
  call(target: ConnectionTarget, call: ConnectionCall): Promise<ToolAnswer>;
  erase(): Promise<void>;
}

/** What the lists show of how a connection stands. */
export interface ConnectionNews {
  status?: "pending" | "active" | "expired" | "failed";
  status_reason?: string | null;
  changed_tools?: number;
  last_used_at?: number;
  last_used_by?: string | null;
  last_checked_at?: number;
  last_check_status?: CheckResult["status"];
}
