import type { LogLine } from "./run.ts";
import type { AgentPart } from "../agents/agent-part.ts";

type ToldLine = Omit<LogLine, "timestamp">;

/** A part of what an agent says and does as people read it in a log; null where it says nothing there. Pure. */
export function lineOfPart(part: AgentPart): ToldLine | null {
  switch (part.type) {
    case "step-start":
      return null;
    case "text":
      return { stream: "stdout", level: "info", message: part.text };
    case "reasoning":
      return { stream: "stdout", level: "debug", message: part.text };
    case "tool-call":
      return system(`→ ${part.toolName} ${part.args_preview}`);
    case "tool-result":
      return lineOfResult(part);
    case "tool-approval-pending":
      return system(`${part.toolName} waits for a person's approval.`);
    case "finish":
      return system(describeFinish(part));
  }
}

function system(message: string, level: ToldLine["level"] = "info"): ToldLine {
  return { stream: "system", level, message };
}

/** A line that the agent has written by `log` stands in the log already. */
function lineOfResult({
  toolName,
  isError,
  result_preview,
}: AgentPart & { type: "tool-result" }): ToldLine | null {
  if (isError) return system(`← ${toolName} failed: ${result_preview}`, "warning");
  return toolName === "log" ? null : system(`← ${toolName} ${result_preview}`);
}

function describeFinish({
  turns,
  input_tokens,
  output_tokens,
  total_cost_usd,
  cost_is_partial,
}: AgentPart & { type: "finish" }): string {
  const cost = `$${total_cost_usd.toFixed(4)}${cost_is_partial ? " and what has no known price" : ""}`;
  return `${turns} turns, ${input_tokens} tokens read and ${output_tokens} written, ${cost}.`;
}
