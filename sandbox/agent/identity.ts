import { mkdirSync, writeFileSync } from "node:fs";
import { posix } from "node:path";

/** What a sandbox is called. */
export interface SandboxIdentity {
  sandboxId: string;
  templateId: string;
}

/** The files of E2B's sandboxes in which a script can read where it is, and what stands in them. */
export function identityFiles({ sandboxId, templateId }: SandboxIdentity): Record<string, string> {
  return {
    "/run/e2b/.E2B_SANDBOX": "true",
    "/run/e2b/.E2B_SANDBOX_ID": sandboxId,
    "/run/e2b/.E2B_TEMPLATE_ID": templateId,
    "/.e2b": `ENV_ID=${templateId}\nTEMPLATE_ID=${templateId}\n`,
  };
}

/** Writes them. Throws as the file system does. */
export function writeIdentity(identity: SandboxIdentity): void {
  for (const [path, content] of Object.entries(identityFiles(identity))) {
    mkdirSync(posix.dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
}
