import type { SandboxHost } from "../host/sandbox-host.ts";
import type { WarmPool } from "../host/warm-pool.ts";
import type { Templates } from "../templates/templates.ts";

/** What the control plane works with. */
export interface ControlDeps {
  host: SandboxHost;
  pool: WarmPool;
  templates: Templates;
  now: () => number;
  isAuthorized: (key: string) => boolean;
}

/** One request to the control plane, taken apart. */
export interface Call {
  isAbandoned: () => boolean;
  /** What the path names: a sandbox, a template. */
  id: string;
  /** A part of it that the path names, such as a build. */
  part: string;
  params: URLSearchParams;
  body: () => Promise<unknown>;
  deps: ControlDeps;
}

export interface Answer {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

export interface Route {
  /** `*` for any. */
  method: string;
  path: RegExp;
  handle: (call: Call) => Promise<Answer> | Answer;
}
