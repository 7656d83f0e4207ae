import type { Json } from "#contract/json";
import { listMounts } from "./context-mounts.ts";
import { memoryOf } from "./memory-of.ts";
import type { Manifest } from "#contract/manifest/manifest";

/** Names of all secrets that a worker declares, in whichever of the two places. Pure. */
export function declaredSecrets({ exec, capabilities }: Pick<Manifest, "exec" | "capabilities">): string[] {
  return [...new Set([...exec.secrets, ...capabilities.secrets])].filter((name) => !isReservedSecret(name));
}

const RESERVED_SECRET = /^(FLOOM|WORKEROS|E2B)_|^COMPOSIO_(API_KEY|WEBHOOK_SIGNING_KEY)$/;

/** Names of the platform's own secrets: a worker may list them, but never gets them. */
export function isReservedSecret(name: string): boolean {
  return RESERVED_SECRET.test(name);
}

/** Something that a worker declares and this server does not have: where it stands in worker.yml, and its names. */
export interface Absent {
  key: "connections" | "contexts" | "memory" | "exec.runner";
  /** With its names: "the connections gmail, slack". */
  what: string;
}

/**
 * What a worker declares that this server cannot give it. A run without it would do other work than its author meant, so
 * it is refused instead. Pure.
 */
export function findAbsent(manifest: Manifest): Absent[] {
  const { connections, contexts, exec } = manifest;
  const absent: Absent[] = [];
  // Agents and scripts call them through the gate; a declared HTTP tool is a call by itself.
  if (connections.length > 0 && exec.mode === "http")
    absent.push({ key: "connections", what: `the connections ${connections.map(nameOf).join(", ")}` });
  const cloned = listMounts({ contexts }).filter(({ source }) => source !== "local");
  if (cloned.length > 0) {
    const names = cloned.map(({ name }) => name).join(", ");
    absent.push({ key: "contexts", what: `contexts from a git repository (${names})` });
  }
  // A script keeps what it wants to know in the store, or in a context.
  if (memoryOf(manifest) !== null && exec.mode !== "agent")
    absent.push({ key: "memory", what: "memory for scripts" });
  if (exec.runner.startsWith("self-hosted"))
    absent.push({ key: "exec.runner", what: `the runner ${exec.runner}` });
  return absent;
}

/** An app, a server or a site by the name that its author gave it. */
function nameOf(declared: Record<string, Json>): string {
  for (const key of ["name", "app", "mcp", "browser_session"]) {
    const value = declared[key];
    if (typeof value === "string" && value !== "") return value;
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      const inner = value["name"] ?? value["site"] ?? value["url"] ?? value["command"];
      if (typeof inner === "string") return inner;
    }
  }
  return "without a name";
}
