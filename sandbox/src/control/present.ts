import { sizedLimits } from "../isolation/limits.ts";
import type { SandboxLimits } from "../isolation/limits.ts";
import type { SandboxRecord } from "../host/sandbox-record.ts";

/** The version of E2B's in-sandbox daemon whose behaviour ours follows; the SDK switches features by it. */
const envdVersion = "0.6.13";

const clientId = "local";
const MIB = 1024 * 1024;

function aliasOf(record: SandboxRecord): Record<string, string> {
  return record.template_id === "" ? {} : { alias: record.template_id };
}

/** The answer to create, connect and resume. */
export function presentSandbox(record: SandboxRecord): Record<string, unknown> {
  return {
    templateID: record.template_id,
    sandboxID: record.id,
    clientID: clientId,
    ...aliasOf(record),
    envdVersion,
    envdAccessToken: record.access_token,
    domain: null,
  };
}

/** A sandbox in a list. */
export function presentListed(record: SandboxRecord, all: SandboxLimits): Record<string, unknown> {
  const limits = sizedLimits(all, record.size);
  return {
    templateID: record.template_id,
    sandboxID: record.id,
    clientID: clientId,
    ...aliasOf(record),
    startedAt: new Date(record.started_at_ms).toISOString(),
    endAt: new Date(record.deadline_at_ms).toISOString(),
    cpuCount: limits.cpu_count,
    memoryMB: Math.round(limits.memory_bytes / MIB),
    diskSizeMB: Math.round(limits.disk_bytes / MIB),
    metadata: record.metadata,
    state: record.state,
    envdVersion,
    volumeMounts: [],
  };
}

/** A sandbox by itself. */
export function presentDetail(record: SandboxRecord, limits: SandboxLimits): Record<string, unknown> {
  return {
    ...presentListed(record, limits),
    allowInternetAccess: record.allow_internet_access,
    ...(record.network === null ? {} : { network: record.network }),
    lifecycle: {
      onTimeout: record.pause_on_timeout ? "pause" : "kill",
      autoResume: record.auto_resume,
    },
    domain: null,
  };
}
