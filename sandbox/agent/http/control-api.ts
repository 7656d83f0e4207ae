import type { IncomingMessage, ServerResponse } from "node:http";
import { writeIdentity } from "../identity.ts";
import type { CommandEnvironment } from "../process/command-environment.ts";
import type { CommandTable } from "../process/command-table.ts";
import { endEverything } from "../process/end-everything.ts";
import { replyEmpty, replyError, replyJson } from "../http-reply.ts";
import type { Lifetime } from "../guards/lifetime.ts";
import type { MachineMetrics } from "../guards/machine-metrics.ts";

const MAX_BODY_BYTES = 1024 * 1024;

export interface ControlDeps {
  commands: CommandTable;
  environment: CommandEnvironment;
  lifetime: Lifetime;
  metrics: MachineMetrics;
}

interface InitRequest {
  envs: Record<string, string>;
  deadline_at_ms: number;
  sandbox_id: string;
  template_id: string;
}

/**
 * The host's own door, `/_agent/*`. The host never forwards these paths from outside: whoever can call them may
 * name the sandbox, set its variables and move its deadline.
 */
export async function handleControl(
  request: IncomingMessage,
  response: ServerResponse,
  deps: ControlDeps,
): Promise<void> {
  const operation = `${request.method} ${request.url}`;
  switch (operation) {
    case "POST /_agent/init": {
      const body = await readJson(request);
      if (!isInitRequest(body))
        return replyError(response, 400, "expected envs, deadline_at_ms, sandbox_id, template_id");
      const identity = { sandboxId: body.sandbox_id, templateId: body.template_id };
      deps.environment.setSandbox(identity, body.envs);
      writeIdentity(identity);
      deps.lifetime.setDeadline(body.deadline_at_ms);
      return replyEmpty(response);
    }
    case "POST /_agent/deadline": {
      const body = await readJson(request);
      if (!hasDeadline(body)) return replyError(response, 400, "expected deadline_at_ms");
      deps.lifetime.setDeadline(body.deadline_at_ms);
      return replyEmpty(response);
    }
    case "POST /_agent/restart":
      await endEverything(deps.commands);
      return replyEmpty(response);
    case "GET /_agent/metrics":
      return replyJson(response, 200, deps.metrics.read());
    default:
      return replyError(response, 404, `no operation ${operation}`);
  }
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request) {
    size += part.length;
    if (size > MAX_BODY_BYTES) return undefined;
    parts.push(part);
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString("utf8"));
  } catch {
    return undefined;
  }
}

function hasDeadline(body: unknown): body is { deadline_at_ms: number } {
  return (
    typeof body === "object" &&
    body !== null &&
    "deadline_at_ms" in body &&
    Number.isFinite(body.deadline_at_ms)
  );
}

function isInitRequest(body: unknown): body is InitRequest {
  if (!hasDeadline(body) || !("sandbox_id" in body) || typeof body.sandbox_id !== "string") return false;
  if (!("template_id" in body) || typeof body.template_id !== "string") return false;
  if (!("envs" in body) || typeof body.envs !== "object" || body.envs === null) return false;
  return Object.values(body.envs).every((value) => typeof value === "string");
}
