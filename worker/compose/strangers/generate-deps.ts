import type { GenerateDeps } from "../../generate/service.ts";
import { openStrangerDial } from "../../platform/network/dial-client.ts";
import type { Host } from "../host.ts";

export function generateDeps({ publicNetwork, config }: Host): GenerateDeps {
  return { dial: openStrangerDial({ publicNetwork, allowLoopback: config.allowLoopbackAlerts }) };
}
