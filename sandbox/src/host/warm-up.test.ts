import { expect, it } from "vitest";
import { startAgent } from "../../../test/support/sandbox-agent/agent-under-test.ts";
import { AgentUnreachable, openAgentConnection } from "./agent-client.ts";
import { warmUp } from "./warm-up.ts";

it("an agent has practised an upload and a command, and nothing of it is left", async () => {
  const agent = await startAgent();
  const connection = openAgentConnection(agent.socketPath, "");
  try {
    await warmUp(connection, null);
    const { entries } = await agent.files.listDir({ path: "/tmp", depth: 1 });
    expect(entries).toEqual([]);
    const { processes } = await agent.processes.list({});
    expect(processes).toEqual([]);
  } finally {
    connection.pool.destroy();
    await agent.stop();
  }
});

it("an agent that is not there is told as such", async () => {
  const connection = openAgentConnection("/nonexistent/agent.sock", "");
  await expect(warmUp(connection, null)).rejects.toThrow(AgentUnreachable);
});
