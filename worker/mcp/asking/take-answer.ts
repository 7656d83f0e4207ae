import * as z from "zod";
import { approvalRoutes } from "#contract/approvals/routes";
import { ApiProblem } from "#contract/client";
import type { RunDetail } from "#contract/runs/run";
import type { McpCaller } from "../caller.ts";
import type { ClientAbilities } from "../sessions/client-abilities.ts";

const accepted = z.object({
  action: z.literal("accept"),
  content: z.looseObject({ confirm: z.boolean(), reason: z.string().max(1000).optional() }),
});
const declined = z.object({ action: z.literal("decline") });

/** Another word came first, or the time was over: how it stands is told by the next look. */
const SETTLED = ["approval_decided", "approval_expired", "approval_voted", "run_not_pending"];

/**
 * Takes what a client's person has answered on a form; whoever declines rejects. To have opened a page decides nothing,
 * and answers to what is not asked are left alone. Answers whether anything is settled now. Throws the route's refusal where the
 * client may not decide.
 */
export async function takeAnswer(
  caller: McpCaller,
  run: RunDetail,
  { client, answers }: { client: ClientAbilities; answers: Readonly<Record<string, unknown>> },
): Promise<boolean> {
  const asked = run.approval_trail;
  if (asked === null || asked.status !== "pending") return true;
  const json = client.asksByUrl ? null : readDecision(answers[asked.id]);
  if (json === null) return false;
  try {
    await caller.api.call(approvalRoutes.decideInClient, { params: { approval: asked.id }, json });
  } catch (error) {
    if (!(error instanceof ApiProblem) || !SETTLED.includes(error.problem.code)) throw error;
  }
  return true;
}

function readDecision(answer: unknown): { decision: "approve" | "reject"; reason?: string } | null {
  if (declined.safeParse(answer).success) return { decision: "reject" };
  const said = accepted.safeParse(answer).data?.content;
  if (said === undefined) return null;
  const reason = said.reason === undefined || said.reason === "" ? {} : { reason: said.reason };
  return { decision: said.confirm ? "approve" : "reject", ...reason };
}
