import type { HostHeaders } from "../egress/header-rules.ts";
import type { SandboxSize } from "../isolation/limits.ts";
import type { NetworkOptions, SandboxRecord } from "./sandbox-record.ts";

/** What a client asks for when it creates a sandbox; validated. */
export interface SandboxSpec {
  templateId: string;
  /** What the template installed, the uppermost layer first; empty for the base. */
  layers: readonly string[];
  /** Its size, where its template says another one than all have. */
  size?: SandboxSize;
  timeoutMs: number;
  metadata: Record<string, string>;
  envs: Record<string, string>;
  allowInternetAccess: boolean;
  network: NetworkOptions | null;
  /** What is put into its requests. */
  headers: HostHeaders;
  pauseOnTimeout: boolean;
  /** Whether that pause keeps its processes. */
  pauseKeepsMemory: boolean;
  autoResume: boolean;
}

/** Rules that take the place of a sandbox's. */
export interface NetworkChange extends Pick<SandboxSpec, "headers" | "allowInternetAccess"> {
  network: NetworkOptions;
}

type Unavailability = "gone" | "already_paused" | "not_running";
const REASONS: Readonly<Record<Unavailability, string>> = {
  gone: "was not found",
  already_paused: "is already paused",
  not_running: "is not running",
};

/** A sandbox that the server makes for itself, over `layers` and with the internet. */
export function ownSpec(layers: readonly string[], timeoutMs: number): SandboxSpec {
  return {
    templateId: "base",
    layers,
    timeoutMs,
    metadata: {},
    envs: {},
    allowInternetAccess: true,
    network: null,
    headers: {},
    pauseOnTimeout: false,
    pauseKeepsMemory: true,
    autoResume: false,
  };
}

/** The sandbox is unknown, has ended, or is in a state that rules the operation out. */
export class SandboxUnavailable extends Error {
  readonly reason: Unavailability;
  constructor(id: string, reason: Unavailability) {
    super(`sandbox ${id} ${REASONS[reason]}`);
    this.name = "SandboxUnavailable";
    this.reason = reason;
  }
}

/** What becomes of a record when a client takes the sandbox at `nowMs`. */
export function ownedFields(spec: SandboxSpec, nowMs: number): Partial<SandboxRecord> {
  return {
    state: "running",
    template_id: spec.templateId,
    metadata: spec.metadata,
    started_at_ms: nowMs,
    deadline_at_ms: nowMs + spec.timeoutMs,
    timeout_ms: spec.timeoutMs,
    pause_on_timeout: spec.pauseOnTimeout,
    pause_keeps_memory: spec.pauseKeepsMemory,
    auto_resume: spec.autoResume,
    allow_internet_access: spec.allowInternetAccess,
    network: spec.network,
  };
}
