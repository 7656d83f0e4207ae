import type { Requirement } from "../requirements.ts";

const ISSUE = "issue A, point 3 and Must show";
const SECOND_ISSUE = "issue D, points 2 and 3";
const SHEET = "reference sheet of the sandbox server, section 7";

/** What the host side of the sandbox server promises; the wire itself is the conformance suite's. */
export const requirements: Requirement[] = [
  {
    id: "sandbox:isolation:fail-closed",
    promise: "Where sandboxes cannot be isolated the server does not start, and says why and what to do.",
    source: ISSUE,
  },
  {
    id: "sandbox:isolation:unprivileged",
    promise: "The server isolates sandboxes just as well when it runs as an ordinary user.",
    source: ISSUE,
  },
  {
    id: "sandbox:isolation:own-uid",
    promise: "A root server runs every sandbox under an unprivileged uid of its own.",
    source: ISSUE,
  },
  {
    id: "sandbox:attack:kernel-calls-refused",
    promise: "System calls that reach out of a sandbox are refused by a filter.",
    source: SHEET,
  },
  {
    id: "sandbox:attack:template-layers",
    promise:
      "What the commands of a template's build pack stays in the template, whatever archive they make of it.",
    source: "issue F, point 9",
  },
  {
    id: "sandbox:attack:no-privileges",
    promise: "User code has no capability and can gain none.",
    source: SHEET,
  },
  { id: "sandbox:attack:no-devices", promise: "User code finds no device of the host.", source: SHEET },
  {
    id: "sandbox:attack:no-kernel-settings",
    promise: "User code changes no setting of the kernel.",
    source: SHEET,
  },
  { id: "sandbox:attack:limits-hold", promise: "User code cannot raise its own limits.", source: SHEET },
  {
    id: "sandbox:attack:runner-program-kept",
    promise:
      "User code changes nothing of the runner's program, and has no other process signalled in its place.",
    source: SHEET,
  },
  {
    id: "sandbox:attack:entered-is-held",
    promise:
      "A process that has entered a sandbox is held in every way as one that was started there, and leads to no file of the host.",
    source: SHEET,
  },
  {
    id: "sandbox:attack:made-is-held",
    promise:
      "A sandbox that was not made by bubblewrap is held in every way as one that was, and its first process knows nothing of another.",
    source: SHEET,
  },
  {
    id: "sandbox:attack:agent-protected",
    promise: "User code that harms the agent harms only its own sandbox.",
    source: SHEET,
  },
  {
    id: "sandbox:attack:no-host-files",
    promise: "No file, secret, socket or environment variable of the host is visible inside.",
    source: SHEET,
  },
  {
    id: "sandbox:attack:own-files",
    promise:
      "What a sandbox locks and watches of the files that all of them see, it locks and watches alone.",
    source: SHEET,
  },
  {
    id: "sandbox:attack:no-host-facts",
    promise: "User code is not told which boot, disks, drivers and devices the machine has.",
    source: SHEET,
  },
  {
    id: "sandbox:attack:neutral-paths",
    promise: "The mount table and command lines inside name no user and no project of the host.",
    source: SHEET,
  },
  {
    id: "sandbox:attack:own-processes-only",
    promise: "User code sees and signals only the processes of its own sandbox.",
    source: SHEET,
  },
  { id: "sandbox:attack:no-host-writes", promise: "User code writes nothing of the host.", source: SHEET },
  {
    id: "sandbox:attack:links-stay-inside",
    promise: "Symbolic links lead nowhere outside, neither for user code nor for the file API.",
    source: SHEET,
  },
  {
    id: "sandbox:attack:no-inherited-descriptors",
    promise: "User code gets no open file of the host, by inheritance or by /proc.",
    source: SHEET,
  },
  {
    id: "sandbox:attack:no-direct-network",
    promise: "A sandbox has no way to the network except the egress proxy.",
    source: SHEET,
  },
  {
    id: "sandbox:attack:private-addresses-refused",
    promise:
      "The egress proxy refuses private, loopback, link-local and metadata addresses in every spelling.",
    source: SHEET,
  },
  {
    id: "sandbox:attack:neighbours-apart",
    promise: "A sandbox reaches neither another sandbox nor the server's internal endpoints.",
    source: SHEET,
  },
  {
    id: "sandbox:forward:requests",
    promise: "No bytes of a client bring a forwarder down or make the other end read another request.",
    source: SHEET,
  },
  {
    id: "sandbox:forward:answers",
    promise:
      "No bytes of a server bring a forwarder down or pass as an answer that no client could be given.",
    source: SHEET,
  },
  {
    id: "sandbox:forward:token",
    promise: "An agent answers nobody but the host that launched it, which says a secret with every request.",
    source: SHEET,
  },
  {
    id: "sandbox:attack:nothing-survives",
    promise: "With a sandbox every process it ever started is gone.",
    source: SHEET,
  },
  {
    id: "sandbox:attack:deadline-from-outside",
    promise: "A sandbox ends at its deadline even when its agent neither answers nor acts.",
    source: SECOND_ISSUE,
  },
  {
    id: "sandbox:limits:honest-errors",
    promise: "A script that asks for more than there is gets an error that says so, and its agent goes on.",
    source: SECOND_ISSUE,
  },
  {
    id: "sandbox:attack:no-abandoned-sandboxes",
    promise: "A client that goes away while its sandbox is made leaves none behind.",
    source: ISSUE,
  },
  {
    id: "sandbox:network:rules",
    promise: "The SDK's allow and deny lists hold, also after an update.",
    source: ISSUE,
  },
  {
    id: "sandbox:network:headers-on-the-way",
    promise:
      "What a sandbox's rules put into requests to a host is there when they arrive, and never inside the sandbox.",
    source: "docs/explanation/sandbox.md",
  },
  {
    id: "sandbox:network:headers-fail-closed",
    promise: "What is bound to a host goes to that host by verified TLS on port 443, or nowhere.",
    source: "docs/explanation/sandbox.md",
  },
  {
    id: "sandbox:network:edge-run-api",
    promise:
      "A sandbox reaches the run API of the edge, and nothing else of it, even without internet access.",
    source: ISSUE,
  },
  { id: "sandbox:limits:processes", promise: "A fork bomb stays inside its sandbox.", source: SHEET },
  {
    id: "sandbox:limits:memory",
    promise: "A sandbox is held to its memory, however it takes it.",
    source: SHEET,
  },
  {
    id: "sandbox:limits:disk",
    promise: "A sandbox is held to its disk space and number of files.",
    source: SHEET,
  },
  {
    id: "sandbox:limits:output",
    promise: "A flood of output, of whatever bytes, is passed on without the server growing.",
    source: SHEET,
  },
  {
    id: "sandbox:crash:running-command-survives",
    promise: "kill -9 of the server loses no output and no exit code of a command.",
    source: ISSUE,
  },
  {
    id: "sandbox:crash:deadline-holds-without-server",
    promise: "A sandbox ends at its deadline even when the server is gone.",
    source: ISSUE,
  },
  {
    id: "sandbox:crash:pool-reaped",
    promise: "A restarted server leaves no pool member of its predecessor behind.",
    source: ISSUE,
  },
  {
    id: "sandbox:crash:found-again",
    promise: "A restarted server serves the sandboxes of its predecessor, running or paused.",
    source: ISSUE,
  },
];
