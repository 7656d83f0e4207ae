import { agentArea, limitsArea } from "./areas/inside/agent-and-limits.ts";
import { alertsArea } from "./areas/outside/alert-addresses.ts";
import { approvalsArea } from "./areas/outside/approvals.ts";
import { bundlesArea } from "./areas/outside/bundles.ts";
import { dependenciesArea } from "./areas/inside/dependencies.ts";
import { doorsArea } from "./areas/outside/doors.ts";
import { journalArea } from "./areas/inside/forged-journal.ts";
import { hostFilesArea } from "./areas/inside/host-files.ts";
import { kernelArea } from "./areas/inside/kernel-calls.ts";
import { lifetimeArea } from "./areas/inside/lifetime.ts";
import { openHooksArea } from "./areas/outside/open-hooks.ts";
import { pagesArea } from "./areas/outside/pages.ts";
import { requestsArea } from "./areas/outside/requests.ts";
import { runTokenArea } from "./areas/inside/run-token.ts";
import { sandboxServerArea } from "./areas/outside/sandbox-server.ts";
import { terminalArea } from "./areas/machine/terminal.ts";
import { usersFilesArea } from "./areas/machine/users-files.ts";
import { narrowArea, networkArea } from "./areas/inside/way-out.ts";
import { webhooksArea } from "./areas/outside/webhooks.ts";
import type { Area } from "./model/attempt.ts";
import type { Stage } from "./stage/stage.ts";

/** Every area, in the order of the report: from inside a sandbox, from outside, on the machine of a user. */
export const areas: readonly Area<Stage>[] = [
  kernelArea,
  hostFilesArea,
  agentArea,
  limitsArea,
  lifetimeArea,
  networkArea,
  narrowArea,
  runTokenArea,
  journalArea,
  dependenciesArea,
  doorsArea,
  requestsArea,
  pagesArea,
  bundlesArea,
  webhooksArea,
  openHooksArea,
  approvalsArea,
  alertsArea,
  sandboxServerArea,
  terminalArea,
  usersFilesArea,
];

/** What an attacker wants in an area, for the documentation. */
export const areaTitles: Readonly<Record<string, string>> = {
  kernel: "calls of the kernel, other namespaces, rare sockets, more privileges and limits",
  host: "files, devices, sockets, keys and facts of the host",
  agent: "stop, weaken or take over what holds a sandbox's limits",
  limits: "more memory, disk, processes, threads or descriptors than a sandbox has",
  lifetime: "go on after the run has ended",
  network: "the host, private networks and metadata, in every spelling and framing",
  "allow-list": "names and addresses that a manifest does not allow",
  "run-token": "more of the edge than a run's own journal and files",
  journal: "a record that lies, breaks, or harms whoever looks at it",
  kept: "leave something for later runs; let something out of a dry run",
  doors: "every route without a right, and with ids that are not one's own",
  requests: "the runtime's own pages, paths, headers, framings and bodies that break the edge",
  pages: "a browser that knows the edge; files served as pages",
  bundles: "files, zips and manifests that lead out of a folder or fill memory",
  webhooks: "start runs by forged, replayed and stolen deliveries",
  "open-hooks": "more than starting runs through a hook that is open",
  approvals: "decide, see or change what a person approves",
  alerts: "have the edge post or write where it must not",
  "sandbox-server": "sandboxes of others, as another program on the same machine",
  terminal: "the terminal of whoever uses the command line",
  "users-files": "the files and the token of whoever uses the command line",
};
