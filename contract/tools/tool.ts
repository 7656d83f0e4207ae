import type { RouteId } from "../routes.ts";

/** `default`: what a client gets that asks for nothing more; `full`: only with `?toolset=full`. */
export type Toolset = "default" | "full";

/** One tool of the platform: the one operation of the API that it makes, in words for whoever is a model. */
export interface PlatformTool {
  /** `^[a-zA-Z0-9_-]{1,64}$`; the thing first, then what is done to it. */
  name: string;
  route: RouteId;
  toolset: Toolset;
  title: string;
  /** When to use it, what comes back and what to call next. */
  description: string;
  /** Changes nothing. */
  readOnly: boolean;
  /** Takes away what cannot be had back by another call. */
  destructive: boolean;
  /** The same call again changes nothing more. */
  idempotent: boolean;
  /** Reaches what is outside of the platform. */
  openWorld: boolean;
}
