import { Sandbox, SandboxNotFoundError } from "e2b";
import type { SandboxInfo } from "e2b";
import { saidByOwner } from "../runs/ports/executor.ts";
import type { Absent } from "../runs/ports/executor.ts";
import type { Connection } from "./e2b-connection.ts";

/** The sandboxes that were created with this; all there are where nothing is said. */
export async function findSandboxes(
  connection: Connection,
  metadata?: Record<string, string>,
): Promise<SandboxInfo[]> {
  const paginator = Sandbox.list({
    ...connection,
    query: { ...(metadata ? { metadata } : {}), state: ["running", "paused"] },
  });
  const found: SandboxInfo[] = [];
  while (paginator.hasNext) found.push(...(await paginator.nextItems()));
  return found;
}

/**
 * The control plane's word that the sandbox is no more: it knows none of this id, and answers with a list that has
 * none. A bare 404 may be anybody's in between. Null for every other answer, and for none.
 */
export async function askOwner(connection: Connection, sandboxId: string): Promise<Absent | null> {
  try {
    await Sandbox.getInfo(sandboxId, connection);
    return null;
  } catch (error) {
    return error instanceof SandboxNotFoundError ? askList(connection, sandboxId) : null;
  }
}

/** The same by the list of what the provider keeps alone. */
export async function askList(connection: Connection, sandboxId: string): Promise<Absent | null> {
  try {
    const kept = await findSandboxes(connection);
    return kept.some((info) => info.sandboxId === sandboxId) ? null : saidByOwner();
  } catch {
    return null;
  }
}
