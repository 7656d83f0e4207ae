import type { HttpTool } from "#contract/manifest/http-tool";
import { createHttpDriver } from "../../http-tools/http-driver.ts";
import { openStrangerDial } from "../../platform/network/dial-client.ts";
import type { ToolDriver } from "../../tools/gate-api.ts";
import type { Host } from "../host.ts";

/** Waits; rejects as soon as the signal is aborted. */
function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(new Error("aborted"));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, ms);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
}

/** What makes the calls of these declared tools, to public addresses alone. */
export function openHttpDriver(host: Host, tools: readonly HttpTool[]): ToolDriver {
  const { publicNetwork, config } = host;
  return createHttpDriver({
    tools,
    dial: openStrangerDial({ publicNetwork, allowLoopback: config.allowLoopbackAlerts }),
    clock: host.clock,
    sleep,
  });
}
