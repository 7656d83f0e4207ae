import {
  AuthenticationError,
  InvalidArgumentError,
  NotEnoughSpaceError,
  RateLimitError,
  SandboxError,
  ServiceBusyError,
  TemplateError,
} from "e2b";
import type { SandboxOpts } from "e2b";
import type { LaunchRefusal } from "../runs/ports/executor.ts";

export interface E2bSettings {
  apiKey: string;
  /** Empty: E2B's cloud. */
  apiUrl: string;
  sandboxUrl: string;
  /** The origin that sandboxes reach by a way of their own, as the local server has one. Empty: the public address. */
  edgeUrl: string;
  template: string;
  /** How long the provider lets a sandbox live at most. */
  lifeMs: number;
}

export type Connection = Pick<SandboxOpts, "apiKey" | "apiUrl" | "sandboxUrl" | "requestTimeoutMs">;

export const REQUEST_TIMEOUT_MS = 30_000;

/** How the provider is reached, as its SDK is told. */
export function buildConnection(settings: E2bSettings): Connection {
  return {
    apiKey: settings.apiKey,
    requestTimeoutMs: REQUEST_TIMEOUT_MS,
    ...(settings.apiUrl ? { apiUrl: settings.apiUrl } : {}),
    ...(settings.sandboxUrl ? { sandboxUrl: settings.sandboxUrl } : {}),
  };
}

/** What the provider's error means for a run that wants a sandbox. */
export function refuse(error: unknown): LaunchRefusal {
  const refusal = (code: LaunchRefusal["code"], message: string) =>
    ({ kind: "refused", code, message, retryAfterMs: null }) as const;
  if (error instanceof AuthenticationError) {
    const message = "The sandbox provider does not accept the API key.";
    return { ...refusal("missing_e2b_key", message), doubtful: true };
  }
  if (error instanceof RateLimitError) {
    const message = "The sandbox provider starts no more sandboxes right now.";
    return { ...refusal("e2b_quota_exhausted", message), waits: true };
  }
  if (error instanceof ServiceBusyError) return refusal("e2b_sandbox_error", "The sandbox provider is busy.");
  if (error instanceof TemplateError)
    return refusal("invalid_worker", "The sandbox template does not fit this platform.");
  if (error instanceof SandboxError && error.statusCode === 400) {
    const message = `The sandbox provider refuses what this run asks for: ${error.message.slice(0, 300)}`;
    return { ...refusal("invalid_worker", message), doubtful: true };
  }
  return refusal("e2b_sandbox_error", "The sandbox provider does not answer.");
}

/** The provider says that it has no such template. */
export function isLostTemplate(error: unknown): boolean {
  return error instanceof SandboxError && error.statusCode === 404;
}

/** A sandbox itself has said that files cannot be written where a run's orders lie, or that there is no room for them. */
export function takesNoOrders(error: unknown): boolean {
  return error instanceof InvalidArgumentError || error instanceof NotEnoughSpaceError;
}
