// Owns how the chain of a workspace's record of changes is judged and taken away. Never changes it.
import { auditOpeningSchema } from "#contract/audit/chain";
import type { AuditLink, ChainPlace, VerifiedPart, VerifyAuditQuery } from "#contract/audit/chain";
import type { Principal } from "#contract/access/access";
import { AppError } from "../platform/app-error.ts";
import { bringInStranded } from "./service.ts";
import type { AuditDeps } from "./service.ts";

/** One part of the chain, judged. Throws `invalid_request` for half of a place. */
export async function verifyAudit(
  deps: AuditDeps,
  { workspace_id }: Principal,
  query: VerifyAuditQuery,
): Promise<VerifiedPart> {
  const from = readPlace(query);
  if (from === null) await bringInStranded(deps, workspace_id);
  const { earlier, ...judged } = await deps.chain(workspace_id).judge(workspace_id, from);
  return { ...judged, earlier_events: earlier };
}

function readPlace({ after_seq: seq, after_hash: hash }: VerifyAuditQuery): ChainPlace | null {
  if (seq === undefined && hash === undefined) return null;
  if (seq !== undefined && hash !== undefined) return { seq, hash };
  throw new AppError("invalid_request", "after_seq and after_hash belong together: both are in `next`.", {
    errors: [{ pointer: seq === undefined ? "after_seq" : "after_hash", detail: "is missing" }],
  });
}

/** The chain as lines of an export, from its first entry to the signed end. */
export async function* exportAudit(deps: AuditDeps, { workspace_id }: Principal): AsyncGenerator<string> {
  await bringInStranded(deps, workspace_id);
  const chain = deps.chain(workspace_id);
  // Signed first: what is appended meanwhile is the next export's.
  const head = await chain.sign(workspace_id);
  const { after, last } = head;
  yield lineOf(auditOpeningSchema.parse({ type: "chain", format: 1, workspace_id, after }));
  for (let seq = after.seq; seq < last.seq;) {
    const links = (await chain.read(seq)).filter((link) => link.seq <= last.seq);
    const reached = links.at(-1);
    if (reached === undefined) throw new Error("The chain ends before what was signed.");
    yield links.map(lineOf).join("");
    seq = reached.seq;
  }
  yield lineOf(head);
}

function lineOf(document: AuditLink | object): string {
  return `${JSON.stringify(document)}\n`;
}
