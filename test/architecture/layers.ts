import { posix } from "node:path";
import type { ImportArrow } from "../../scripts/house/source-tree.ts";

/** One sentence of the house about who may import whom. A file is judged by every rule whose `from` it matches. */
export interface LayerRule {
  sentence: string;
  from: RegExp;
  /** Paths of the checkout that may be imported; absent: the rule does not speak about files. */
  files?: RegExp[];
  /** Packages that may be imported; absent: the rule does not speak about packages. */
  packages?: RegExp[];
}

/** One package, or family of packages, and the only files that may know it. */
export interface VendorRule {
  sentence: string;
  vendor: RegExp;
  importers: RegExp;
}

/** Rooms of the edge that hold a feature each; `access`, `http` and `platform` lie below them. */
const ROOM = "(?!http/|platform/|mcp/|compose/|objects/)[a-z-]+(?:/[a-z-]+)*";

export const layerRules: LayerRule[] = [
  {
    sentence: "contract is the ground everybody stands on: it imports zod and itself, nothing else.",
    from: /^contract\//,
    files: [/^contract\//],
    packages: [/^zod$/],
  },
  {
    sentence: "web, cli and sandbox talk to the rest through contract only, not even types of the edge.",
    from: /^web\//,
    files: [/^web\//, /^contract\//],
  },
  {
    sentence: "web, cli and sandbox talk to the rest through contract only, not even types of the edge.",
    from: /^cli\//,
    files: [/^cli\//, /^contract\//, /^mcp\//, /^package\.json$/],
  },
  {
    sentence:
      "mcp serves a folder from this machine: it packs as the CLI does, starts a Floom as `npm start` does, and talks the contract.",
    from: /^mcp\//,
    files: [
      /^mcp\//,
      /^contract\//,
      /^cli\/bundle\/(?:bundle|zip)\.ts$/,
      /^scripts\/local\/start-local\.ts$/,
    ],
  },
  {
    sentence: "web, cli and sandbox talk to the rest through contract only, not even types of the edge.",
    from: /^sandbox\//,
    files: [/^sandbox\//, /^contract\//],
  },
  {
    sentence:
      "scripts start and build the others from outside: only the CLI's packing and the tables that docs are generated from are imported.",
    from: /^scripts\//,
    files: [
      /^scripts\//,
      /^contract\//,
      /^cli\/(?:bundle\/bundle|reference)\.ts$/,
      /^worker\/system\/openapi\.ts$/,
      // The chaos run draws its faults from the same seeded chance as the tests.
      /^test\/support\/random\.ts$/,
      // Parity is measured on the server that the conformance suite starts.
      /^test\/support\/sandbox-server\.ts$/,
      /^package\.json$/,
    ],
  },
  {
    sentence: "bench measures from outside: it starts Floom by scripts and talks the contract.",
    from: /^bench\//,
    files: [/^bench\//, /^contract\//, /^scripts\/local\//, /^test\/support\//, /^cli\/bundle\/bundle\.ts$/],
  },
  {
    sentence: "platform holds tools without business knowledge: it imports contract and itself.",
    from: /^worker\/platform\//,
    files: [/^worker\/platform\//, /^contract\//],
  },
  {
    sentence: "http speaks the protocol and knows no business noun: below it lie only platform and contract.",
    from: /^worker\/http\//,
    files: [/^worker\/http\//, /^worker\/platform\//, /^contract\//, /^worker\/access\/policy\.ts$/],
  },
  {
    sentence: "Only env.ts reads the environment; it knows no room.",
    from: /^worker\/env\.ts$/,
    files: [/^worker\/platform\//, /^contract\//],
  },
  {
    sentence: "index exports fetch and the Durable Object classes, nothing else.",
    from: /^worker\/index\.ts$/,
    files: [/^worker\/app\.ts$/, /^worker\/objects\//],
  },
  {
    sentence: "compose builds what rooms and objects are handed; a Durable Object class is index's alone.",
    from: /^worker\/compose\//,
    files: [/^contract\//, /^worker\/(?!objects\/|app\.ts|index\.ts)/, /^package\.json$/],
  },
  {
    sentence: "The app knows the rooms by their composition alone.",
    from: /^worker\/app\.ts$/,
    files: [/^contract\//, /^worker\/(?:compose|http|platform)\//, /^worker\/env\.ts$/],
  },
  {
    sentence: "A Durable Object's shell may know every room it holds parts of; no room knows a shell.",
    from: /^worker\/objects\//,
    files: [/^contract\//, /^worker\/(?!app\.ts|index\.ts)/],
  },
  {
    sentence:
      "A room knows contract, platform, http and rooms; app, index, compose and objects are above it.",
    from: new RegExp(`^worker/${ROOM}/`),
    files: [/^contract\//, /^worker\/platform\//, /^worker\/http\//, new RegExp(`^worker/${ROOM}/`)],
  },
  {
    sentence: "Tools over MCP stand on the rooms: they know contract, platform, http and rooms.",
    from: /^worker\/mcp\//,
    files: [
      /^contract\//,
      /^package\.json$/,
      /^worker\/(?:mcp|platform|http)\//,
      new RegExp(`^worker/${ROOM}/`),
    ],
  },
  {
    sentence:
      "In a room: pure files <- store <- service <- routes and object. A store knows no service and no route.",
    from: /^worker\/(?:[a-z-]+\/)+(?:[a-z-]+-)?store\.ts$/,
    files: [/^contract\//, /^worker\/(?!.*(?:service|routes)\.ts$)/],
  },
  {
    sentence: "In a room: pure files <- store <- service <- routes and object. A service knows no route.",
    from: /^worker\/(?:[a-z-]+\/)+(?:[a-z-]+-)?service\.ts$/,
    files: [/^contract\//, /^worker\/(?!.*routes\.ts$)/],
  },
];

export const vendorRules: VendorRule[] = [
  {
    sentence: "JMESPath is known to what reads paths into answers alone.",
    vendor: /^@jmespath-community\//,
    importers: /^worker\/registry\/http\/json-path\.ts$/,
  },
  {
    sentence: "One importer per vendor: e2b is known to e2b-driver alone, and to what measures sandboxes.",
    vendor: /^e2b$/,
    importers: /^worker\/sandboxes\/e2b-[a-z-]+\.ts$|^bench\/|^scripts\/parity\//,
  },
  {
    sentence: "One importer per vendor: drizzle is known to stores and platform/db alone.",
    vendor: /^drizzle-orm(\/|$)/,
    importers: /^worker\/platform\/db\/|^worker\/(?:[a-z-]+\/)+(?:[a-z-]+-)?store\.ts$/,
  },
  {
    sentence: "One importer per vendor: yaml is known to the manifest's parser alone.",
    vendor: /^yaml$/,
    importers: /^worker\/registry\/|^cli\//,
  },
  {
    sentence:
      "The runtime's own module is known to index, env and Durable Objects alone, and to the one that plays D1 on a laptop.",
    vendor: /^cloudflare:/,
    importers: /^worker\/(?:index|env)\.ts$|^worker\/objects\/|^scripts\/local\/edge\/database\//,
  },
  {
    sentence: "One importer per vendor: better-auth is known to what signs people in alone.",
    vendor: /^(?:better-auth|@better-auth)(\/|$)/,
    importers: /^worker\/accounts\/auth(?:-[a-z-]+)?\.ts$|^worker\/oauth\/[a-z-]+\.ts$/,
  },
  {
    sentence: "Models of other companies are known to what asks them alone.",
    vendor: /^(?:ai|@ai-sdk\/[a-z-]+)$/,
    importers: /^worker\/agents\/models\//,
  },
  {
    sentence: "Vega is known to what draws charts alone.",
    vendor: /^vega(?:-lite|-interpreter)?$/,
    importers: /^worker\/charts\/(?:draw-chart|chart-config)\.ts$/,
  },
  {
    sentence:
      "The MCP SDK is known to the words of the protocol alone, to what asks servers of others, to the bare server that is measured beside them, and to what asks any server.",
    vendor: /^@modelcontextprotocol\//,
    importers:
      /^worker\/(?:mcp|connections)\/protocol\/|^bench\/harness\/bare-mcp\.ts$|^cli\/commands\/mcp\/probe-server\.ts$/,
  },
  {
    sentence:
      "Node's modules belong to cli, mcp, sandbox, scripts and bench: the edge and the web run elsewhere.",
    vendor: /^node:/,
    importers:
      /^(?:cli|mcp|sandbox|scripts|bench)\/|^[a-z.]+\.config\.ts$|^web\/(?:[a-z.]+\.config|build\/[a-z-]+)\.ts$/,
  },
];

/**
 * The rooms of the edge and which others each may ask; a room is a folder, `runs/start` one within `runs`. Read it from
 * the top: nobody asks a room that stands further down, so that there is no way round. A new arrow needs a line here.
 */
export const roomArrows: Record<string, string[]> = {
  // Who a browser is signed in as. It knows nothing of workspaces: it is handed what becomes of a new person.
  accounts: [],
  "access/rate": [],
  access: ["accounts"],
  // Tokens that are made and ended, and programs that a person lets in.
  "access/tokens": ["access"],
  "access/devices": ["access", "access/tokens"],
  // Programs of others that act for a person who has let them in.
  oauth: ["accounts", "access"],
  // Who is in a workspace.
  "access/members": ["access"],
  registry: [],
  "runs/lifecycle": [],
  queue: [],
  // Workers and their versions, read only.
  catalog: ["access"],
  // Who sees a worker, may start it or decides for it.
  "access/grants": ["access", "access/members", "catalog"],
  // A run's concurrency rule is said in the queue's words.
  "runs/spec": ["registry", "runs/lifecycle", "catalog", "queue"],
  "runs/record": ["runs/lifecycle", "runs/spec"],
  // Who is told of what becomes of runs; a run does not know who listens.
  alerts: ["access", "catalog", "runs/record"],
  // What a run needs of those who carry it out.
  "runs/ports": ["runs/lifecycle", "runs/spec"],
  // What an attempt amounts to. A value that a run gives is held to bounds and formats as one that it is given.
  "runs/outcome": ["registry", "runs/lifecycle", "runs/spec", "runs/ports"],
  // What a run tells, without the secrets that it was given.
  "runs/masking": ["runs/spec"],
  "runs/engine": [
    "queue",
    "runs/lifecycle",
    "runs/spec",
    "runs/record",
    "runs/ports",
    "runs/outcome",
    "runs/masking",
  ],
  // What carries out an attempt, in a sandbox.
  sandboxes: ["runs/ports"],
  // The one way to an effect outside of a run. What makes calls, and who asks people, it is handed.
  tools: ["registry", "runs/lifecycle", "runs/spec"],
  // What carries out an attempt that needs no sandbox, in an object of its own.
  attempts: ["runs/lifecycle", "runs/spec", "runs/record", "runs/ports", "tools"],
  // What an agent does: a turn or a call in each step. Whatever it does to the world it asks the gate for.
  "agents/models": ["registry"],
  "agents/tools": ["registry", "tools", "runs/ports"],
  agents: ["registry", "agents/models", "agents/tools", "attempts", "tools", "runs/spec", "runs/ports"],
  // The calls of declared HTTP tools: it hands the gate what makes them, and the attempt a program of one call.
  "http-tools": ["registry", "tools", "attempts"],
  pipelines: ["registry", "tools", "attempts"],
  // What installs a version's packages, apart from its runs, in an object of its own.
  dependencies: ["runs/lifecycle", "runs/record", "runs/ports"],
  "runs/read": ["access", "queue", "runs/lifecycle", "runs/spec", "runs/record"],
  "runs/runner": ["runs/lifecycle", "runs/spec", "runs/record", "runs/read"],
  // The answer to a start is built from what was written, by the rule that a run begins with.
  "runs/start": [
    "access",
    "registry",
    "catalog",
    "queue",
    "runs/lifecycle",
    "runs/spec",
    "runs/record",
    "runs/read",
  ],
  "runs/calls": ["access", "catalog", "queue", "runs/spec", "runs/record", "runs/read", "runs/start"],
  "runs/replay": ["access", "catalog", "queue", "runs/spec", "runs/record", "runs/read", "runs/start"],
  "runs/dead-letters": ["access", "runs/record", "runs/read", "runs/start", "runs/replay"],
  // What a run was made of, whatever is active now.
  "runs/source": ["access", "registry", "catalog", "runs/read"],
  // Members that discuss: the program, and what people say to one that is under way.
  councils: ["access", "registry", "tools", "attempts", "runs/record", "runs/read"],
  // Records of stretches of work, with the runs that belong to them.
  "work-sessions": ["access", "runs/read"],
  // How things went lately, in numbers, lines and tables.
  reports: ["access", "catalog", "runs/record", "runs/read"],
  runs: ["access", "runs/record", "runs/read", "runs/runner", "runs/start"],
  schedules: ["access", "registry", "catalog", "queue", "runs/spec", "runs/start"],
  "hooks/inbox": ["queue", "runs/spec"],
  hooks: ["access", "registry", "catalog", "queue", "runs/spec", "runs/read", "runs/start", "hooks/inbox"],
  // How much a workspace may have of what is cheap to count.
  quotas: ["access", "catalog"],
  // A trigger's cron and inputs are judged by the rules of the manifest.
  triggers: ["access", "registry", "catalog", "quotas", "schedules", "hooks", "hooks/inbox"],
  // A decision is claimed by the run that asks.
  approvals: ["access", "catalog", "runs/lifecycle", "runs/record", "runs/read"],
  // How long what has ended is kept. It knows none of the rooms whose things it deletes: it is handed how.
  retention: ["access", "catalog"],
  // What runs may spend. It counts none of them.
  spend: ["access", "catalog", "runs/spec"],
  deploys: ["access", "registry", "catalog", "quotas", "triggers", "retention", "runs/record"],
  uploads: ["access"],
  // Makes a manifest of somebody's OpenAPI document; it stores nothing.
  generate: ["registry"],
  // What sandboxes can be made of, by name.
  templates: ["registry", "catalog"],
  // Folders of files that people and workers share.
  contexts: ["registry", "catalog", "runs/ports", "runs/lifecycle", "runs/spec"],
  // What strangers may do: start a worker's runs by a link, and read those that are theirs.
  shares: ["access", "catalog", "runs/record", "runs/read", "runs/start"],
  // Pictures of what runs put out.
  charts: ["runs/read"],
  // What strangers see. Files that they send are kept as everybody's are.
  pages: ["catalog", "shares", "runs/read", "uploads", "charts"],
  // What workers may know and nobody else may read.
  secrets: ["access", "registry", "catalog"],
  // What agents remember from run to run, and the rules that people give them.
  memory: ["catalog"],
  // How good versions are. It is handed how runs are started, and judges outputs by the rule of a run's end.
  evaluations: ["access", "registry", "catalog", "runs/outcome"],
  // What speaks to servers of others, in the words of the gate's drivers.
  connections: ["access", "registry", "tools"],
  // What running scripts ask of the attempt's object, by their run's token.
  "script-tools": ["attempts"],
  // What they ask models. What a model is, agents say.
  "script-models": ["agents/models"],
  // Who changed what. It is told by what stands before every route, and knows no room.
  audit: [],
  // What is unusual on the record of changes, and what becomes of it.
  anomalies: ["access", "audit", "catalog", "spend"],
  // What a workspace says where its workers' tools lead.
  variables: ["access", "catalog"],
  // What somebody has arranged for themselves.
  preferences: ["access"],
  // Who calls what.
  topology: ["access", "registry", "catalog", "audit"],
  // What workers remember from run to run. Which script is the run's own the run says.
  store: ["access", "catalog"],
  // A whole workspace leaves and arrives by what each room does for a person.
  moves: [
    "access",
    "alerts",
    "catalog",
    "contexts",
    "deploys",
    "hooks",
    "runs/record",
    "store",
    "templates",
    "triggers",
  ],
  // The system room answers who is asking, and describes a worker's actions.
  system: ["access", "catalog"],
};

/** Rooms that ask nobody and write nothing: any file of theirs may be imported. */
export const leafRooms = ["registry", "catalog", "runs/lifecycle", "runs/spec", "runs/ports"];

/** What others may import of a room besides its `service.ts` and its `*-api.ts`. */
export const doors: Record<string, RegExp> = {
  accounts: /^auth-base$/,
  access: /^(?:policy|principal|store|last-used)$/,
  queue: /^admission$/,
  "runs/record": /^(?:run-replies|build-approval|build-notice|outcome-store|store|take-bytes)$/,
  "agents/tools": /^(?:(?:approval|command|output|worker)-driver|left-output|output-schema)$/,
  "runs/outcome": /^(?:settle|check-outputs)$/,
  "runs/masking": /^run-masking$/,
  "runs/read": /^(?:read-run|follow|download|list-runs|stream)$/,
  "runs/start": /^(?:prepare-run|start-run|upload-store)$/,
  schedules: /^next-fire$/,
  // What a tool is that only asks people.
  tools: /^asking-driver$/,
  // What a step of an attempt is.
  attempts: /^program$/,
  retention: /^duty$/,
  // How things of a workspace leave it and arrive in another one.
  contexts: /^move-service$/,
  deploys: /^(?:versions|set-worker-folder)$/,
  store: /^move-service$/,
  triggers: /^move-service$/,
  // What an event on record is.
  audit: /^(?:describe-call|describe-gate-event)$/,
  charts: /^(?:answer-chart|judge-chart)$/,
  // A door is what the one who opened it hands on; the rest are pure.
  shares: /^(?:door|visitor|store|(?:entry|turnstile|visitor|visitor-cookie)-service)$/,
  hooks: /^(?:hook-service|delivery-service|build-webhook|webhook-spec)$/,
};

/** Names of files that may ask the clock, chance or the network; every other file of the edge is pure. */
export const doing =
  /(?:^|[-/])(?:service|store|routes?|object|driver|engine|table|stubs|host|rooms|env|clock|ids|crypto|log|app|index|mailer|dial-client|secrets|secret-box|webhooks|api)\.ts$|\/(?:compose|db)\//;

const notRooms = new Set(["http", "platform", "mcp", "compose", "objects"]);

/** The arrows of one file that the house forbids, each with the sentence that says why. */
export function findForbidden(arrow: ImportArrow): string[] {
  const sentences = arrow.isPackage ? forbiddenPackages(arrow) : forbiddenFiles(arrow);
  return sentences.map((sentence) => `${arrow.from} -> ${arrow.target}\n    ${sentence}`);
}

function forbiddenPackages({ from, target }: ImportArrow): string[] {
  const byVendor = vendorRules.filter((rule) => rule.vendor.test(target) && !rule.importers.test(from));
  const byLayer = layerRules.filter(
    (rule) => rule.from.test(from) && !matchesAny(rule.packages ?? [/./], target),
  );
  return [...byVendor, ...byLayer].map((rule) => rule.sentence);
}

function forbiddenFiles(arrow: ImportArrow): string[] {
  const { from, target } = arrow;
  const byLayer = layerRules
    .filter((rule) => rule.from.test(from) && !matchesAny(rule.files ?? [/./], target))
    .map((rule) => rule.sentence);
  // Measuring, the chaos run and the comparison with E2B are tests that are started by hand.
  const toTest = target.startsWith("test/") && !/^(?:bench|scripts\/(?:chaos|parity))\//.test(from);
  return [...byLayer, ...(toTest ? ["Nothing but tests imports a test."] : []), ...forbiddenRoomArrow(arrow)];
}

function forbiddenRoomArrow({ from, target }: ImportArrow): string[] {
  const [asking, asked] = [roomOf(from), roomOf(target)];
  if (asking === undefined || asked === undefined || asking === asked) return [];
  if (!(roomArrows[asking] ?? []).includes(asked))
    return [`${asking} may not ask ${asked}: the list of arrows in test/architecture/layers.ts has none.`];

  if (isDoor(asked, target) || parentOf(asking) === parentOf(asked)) return [];
  return [
    `${asked} is entered by its service.ts, an *-api.ts, or a door named in test/architecture/layers.ts.`,
  ];
}

/** The rooms within one room are built for each other; everybody else comes by the door. */
function parentOf(room: string): string {
  return room.includes("/") ? (room.split("/")[0] ?? room) : room;
}

function isDoor(room: string, path: string): boolean {
  const name = posix.basename(path, ".ts");
  return leafRooms.includes(room) || /(?:^service|-api)$/.test(name) || (doors[room]?.test(name) ?? false);
}

/** The room a file of the edge belongs to: the longest name of the list that its path begins with. */
export function roomOf(path: string): string | undefined {
  const folder = /^worker\/(.+)\/[^/]+$/.exec(path)?.[1];
  if (folder === undefined || notRooms.has(folder.split("/")[0] ?? "")) return undefined;
  const parts = folder.split("/");
  for (let length = parts.length; length > 0; length -= 1) {
    const room = parts.slice(0, length).join("/");
    if (Object.hasOwn(roomArrows, room)) return room;
  }
  return folder;
}

function matchesAny(patterns: RegExp[], text: string): boolean {
  return patterns.some((pattern) => pattern.test(text));
}
