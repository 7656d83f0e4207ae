import { approvalIdSchema } from "#contract/ids";
import type { ComposioAnswer, ScriptAnswer } from "#contract/script-tools/script-call";
import type { ScriptReply } from "../attempts/attempt-api.ts";
import { toIso } from "../platform/clock.ts";

/** What a script is told of its call. Pure. */
export function buildAnswer({ call_id, tool, reply }: ScriptReply): ScriptAnswer {
  const blank = {
    call_id,
    tool,
    content: null,
    code: null,
    message: null,
    retryable: false,
    sent: false,
    edited: false,
    approval_id: null,
    retry_at: null,
  };
  switch (reply.kind) {
    case "held":
      return { ...blank, status: "held", approval_id: approvalIdSchema.parse(reply.approval_id) };
    case "later":
      return { ...blank, status: "later", retry_at: toIso(reply.retry_at) };
    case "denied":
      return { ...blank, status: "denied", code: reply.code, message: describeDenial(tool, reply) };
    case "answered": {
      const { answer, edited } = reply;
      if (answer.ok) return { ...blank, status: "answered", content: answer.content, sent: true, edited };
      const { code, message, retryable, sent, content = null } = answer;
      return { ...blank, status: "failed", content, code, message, retryable, sent, edited };
    }
  }
}

/** Whoever wrote the script is told where it stands what it may call. */
function describeDenial(tool: string, { code, message }: { code: string; message: string }): string {
  if (code !== "tool_unknown") return message;
  const asked = tool.replace(/^unknown:/, "");
  return `${asked} is no tool that this worker may call: look at connections in its worker.yml, at their allowed_tools and scope, and at \`floom connections tools NAME\`.`;
}

/** The same in the words of the first Floom. Pure. */
export function buildComposioAnswer(made: ScriptReply): ComposioAnswer {
  const { status, content, code, message, approval_id } = buildAnswer(made);
  if (status === "answered") return { successful: true, data: content, error: null, code, approval_id };
  if (status === "held" || status === "later") {
    const asked = approval_id === null ? "People are to be asked" : `A person is asked (${approval_id})`;
    const error = `tool_requires_approval: ${asked}. Make the same call again to hear how it stands.`;
    return { successful: false, data: null, error, code: "tool_requires_approval", approval_id };
  }
  const own = code === "tool_unknown" ? "tool_outside_declared_connections" : code;
  return { successful: false, data: content, error: `${own}: ${message}`, code: own, approval_id };
}
