import type { Report } from "./report.ts";
import { itemsAt, textAt } from "./yaml-node.ts";
import type { MapNode } from "./yaml-node.ts";

const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!\/|$)|(?=\/|$))){4}(?:\/(?:3[0-2]|[12]?\d))?$/;
const IPV6 = /^[0-9a-f:.]*:[0-9a-f:.]*(?:\/(?:12[0-8]|1[01]\d|[1-9]?\d))?$/i;
const HOST =
  /^(?:\*\.)?(?=[^/]{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*\.?$/i;

function isNetwork(rule: string): boolean {
  if (IPV4.test(rule)) return true;
  const address = rule.split("/")[0] ?? "";
  return IPV6.test(rule) && URL.canParse(`http://[${address}]/`);
}

/** Hosts that the sandbox provider would refuse when a run is launched: they are named when the worker is pushed. */
export function checkNetwork(root: MapNode, report: Report): void {
  for (const item of itemsAt(root, "capabilities", "network", "allow_out")) {
    const rule = textAt(item);
    if (rule === undefined || isNetwork(rule) || (HOST.test(rule) && !/^[\d.]+$/.test(rule))) continue;
    report.error(item, {
      code: "bad_network",
      message: `allow_out cannot be ${rule}: it is no host name, no address and no network.`,
      fix: "Write a name without scheme, port and path (api.example.com, *.example.com), an address, or a network such as 10.0.0.0/8.",
    });
  }
}
