import { routes } from "#contract/routes";
import type { BenchFloom } from "../harness/bench-floom.ts";
import { openMcpWay, readResult, startBareMcp } from "../harness/mcp-ways.ts";
import type { Measurement } from "../harness/measurement.ts";
import { sampleInTurns, timeInLanes } from "../harness/sample.ts";
import { median } from "../harness/statistics.ts";

const PLAN = { rounds: 15, warmUps: 3, pauseMs: 0 };
const LANES_PLAN = { lanes: 10, requests: 100 };
const WORKERS = 100;
/** A tool that needs no worker: one look at what the workspace has. */
const TOOL = { name: "secret_list", arguments: {} };
const ECHO = { name: "echo", arguments: { text: "Nothing is set." } };

/**
 * Requests of the newest protocol, in a workspace of a hundred workers: the call of a small tool, and the list of all.
 * Each is signed in, judged by its rate and answered from what the database holds. The floor is the official SDK's own
 * server on Node, in the same job, with the same list and nobody to ask who comes.
 */
export async function measureMcpRequests({ url, client, token }: BenchFloom): Promise<Measurement[]> {
  const workers = await client.call(routes.listWorkers);
  for (let at = workers.length; at < WORKERS; at++) {
    const code = `def listed_${at}(text: str, times: int = 1) -> str:\n    """Says a text so many times."""\n    return text * times\n`;
    await client.call(routes.deploy, { json: { code, name: `listed-${at}` } });
  }
  const ask = openMcpWay(`${url}/mcp`, token);
  const { tools } = readResult(await ask("tools/list"));
  if (!Array.isArray(tools) || tools.length < WORKERS) throw new Error("The list has not all workers.");
  const bare = await startBareMcp(tools);
  try {
    readResult(await ask("tools/call", TOOL));
    readResult(await bare.ask("tools/call", ECHO));
    const calls = await sampleInTurns(PLAN, {
      subject: () => timeInLanes(() => ask("tools/call", TOOL), LANES_PLAN),
      floor: () => timeInLanes(() => bare.ask("tools/call", ECHO), LANES_PLAN),
    });
    const lists = await sampleInTurns(PLAN, {
      subject: () => timeInLanes(() => ask("tools/list"), LANES_PLAN),
      floor: () => timeInLanes(() => bare.ask("tools/list"), LANES_PLAN),
    });
    const rate = (samples: readonly number[]) => `${Math.round(1000 / median(samples))}/s`;
    const title = "the SDK's bare server on Node";
    return [
      {
        id: "mcp_call",
        title: "MCP: call a small tool, 10 at a time, per call",
        unit: "ms",
        samples: calls.subject,
        floor: { title, samples: calls.floor },
        note: `${rate(calls.subject)}; bare ${rate(calls.floor)}`,
      },
      {
        id: "mcp_list",
        title: `MCP: list ${tools.length} tools, 10 at a time, per list`,
        unit: "ms",
        samples: lists.subject,
        floor: { title, samples: lists.floor },
        note: `${rate(lists.subject)}; bare ${rate(lists.floor)}`,
      },
    ];
  } finally {
    await bare.stop();
  }
}
