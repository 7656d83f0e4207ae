import { approvalRoutes } from "#contract/approvals/routes";
import { mayDecideAsPerson } from "../../access/policy.ts";
import type { McpCaller } from "../caller.ts";
import type { ToolResult } from "../tool-result.ts";

/**
 * The result with what its card shows a person: exactly what is asked, beside what a model reads. Any other result is left
 * as it is.
 */
export async function tellApproval(caller: McpCaller, result: ToolResult): Promise<ToolResult> {
  const { status, approval_id: approval, decide_at } = result.structuredContent ?? {};
  if (status !== "approval_required" || typeof approval !== "string") return result;
  const asked = await caller.api.call(approvalRoutes.getApproval, { params: { approval } });
  const { id, label, preview, preview_payload, outputs, expires_at } = asked;
  const worker = { workspace_id: asked.owner_id, worker_name: asked.worker_id };
  const told = {
    id,
    label,
    preview,
    preview_payload,
    outputs,
    expires_at,
    worker: asked.worker_name,
    files: asked.artifacts.map(({ path }) => path),
    decide_at: decide_at ?? null,
    may_decide: asked.decide_in_client && mayDecideAsPerson(caller.principal, worker),
  };
  return { ...result, _meta: { ...result._meta, "floom/approval": told } };
}
