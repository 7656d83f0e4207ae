import type { ImportArrow } from "./source-tree.ts";

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
const ROOM = "(?!http/|platform/|mcp/)[a-z-]+";

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
    files: [/^cli\//, /^contract\//, /^package\.json$/],
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
      /^cli\/(?:bundle|reference)\.ts$/,
      /^worker\/system\/openapi\.ts$/,
      // The chaos run draws its faults from the same seeded chance as the tests.
      /^test\/support\/random\.ts$/,
      /^package\.json$/,
    ],
  },
  {
    sentence: "bench measures from outside: it starts Floom by scripts and talks the contract.",
    from: /^bench\//,
    files: [/^bench\//, /^contract\//, /^scripts\/local\//, /^test\/support\//, /^cli\/bundle\.ts$/],
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
    files: [
      /^worker\/app\.ts$/,
      /^worker\/env\.ts$/,
      /^worker\/deps\.ts$/,
      /^worker\/[a-z-]+\/[a-z-]+-object\.ts$/,
    ],
  },
  {
    sentence:
      "A room knows contract, platform and rooms; the app, index and deps are above it (its object and its routes are entry points).",
    from: new RegExp(`^worker/${ROOM}/(?!.*-object\\.ts$)`),
    files: [/^contract\//, /^worker\/platform\//, /^worker\/http\//, new RegExp(`^worker/${ROOM}/`)],
  },
  {
    sentence:
      "Nothing of a room but its own index imports a Durable Object class; others hold a typed stub from objects.ts.",
    from: new RegExp(`^worker/${ROOM}/(?!.*-object\\.ts$)`),
    files: [/^contract\//, /^worker\/(?!.*-object\.ts$)/],
  },
  {
    sentence:
      "In a room: pure files <- store <- service <- routes and object. A store knows no service and no route.",
    from: /^worker\/[a-z-]+\/(?:[a-z-]+-)?store\.ts$/,
    files: [/^contract\//, /^worker\/(?!.*(?:service|routes)\.ts$)/],
  },
  {
    sentence: "In a room: pure files <- store <- service <- routes and object. A service knows no route.",
    from: /^worker\/[a-z-]+\/(?:[a-z-]+-)?service\.ts$/,
    files: [/^contract\//, /^worker\/(?!.*routes\.ts$)/],
  },
];

export const vendorRules: VendorRule[] = [
  {
    sentence: "One importer per vendor: e2b is known to e2b-driver alone.",
    vendor: /^e2b$/,
    importers: /^worker\/sandboxes\/e2b-[a-z-]+\.ts$|^bench\//,
  },
  {
    sentence: "One importer per vendor: drizzle is known to stores and platform/db alone.",
    vendor: /^drizzle-orm(\/|$)/,
    importers: /^worker\/platform\/db\/|^worker\/[a-z-]+\/(?:[a-z-]+-)?store\.ts$/,
  },
  {
    sentence: "One importer per vendor: yaml is known to the manifest's parser alone.",
    vendor: /^yaml$/,
    importers: /^worker\/registry\/|^cli\//,
  },
  {
    sentence: "The runtime's own module is known to index, env and Durable Objects alone.",
    vendor: /^cloudflare:/,
    importers: /^worker\/(?:index|env|objects|deps)\.ts$|^worker\/[a-z-]+\/[a-z-]+-object\.ts$/,
  },
  {
    sentence: "The MCP SDK is known to the mcp room alone.",
    vendor: /^@modelcontextprotocol\//,
    importers: /^worker\/mcp\//,
  },
  {
    sentence: "Node's modules belong to cli, sandbox, scripts and bench: the edge and the web run elsewhere.",
    vendor: /^node:/,
    importers: /^(?:cli|sandbox|scripts|bench)\/|^[a-z.]+\.config\.ts$|^web\/[a-z.]+\.config\.ts$/,
  },
];

/** Which rooms a room may ask, through their `service.ts`. A new arrow needs a line here and a reason. */
export const roomArrows: Record<string, string[]> = {
  // The system room answers who is asking.
  system: ["access"],
  deploys: ["registry", "triggers", "audit"],
  // A trigger's cron and inputs are judged by the rules of the manifest.
  // The outbox of a worker's object and the end of a run speak in events; what is sent and how is the alerts room's.
  triggers: ["runs", "registry", "alerts"],
  runs: ["registry", "secrets", "contexts", "sandboxes", "agents", "tools", "audit", "alerts"],
  // A decision is claimed by the run that asks.
  approvals: ["runs"],
  agents: ["tools"],
  tools: ["connections", "secrets", "approvals", "audit"],
  pipelines: ["runs"],
};

/** Rooms that ask nobody and write nothing: their pure files may be imported directly. */
export const leafRooms = ["registry", "sandboxes"];

/** Files that decide and do nothing: same answer for the same arguments, no clock, no chance, no network. */
export const pureFiles: RegExp[] = [
  /^contract\/(?!client\.ts)/,
  /^worker\/access\/policy\.ts$/,
  /^worker\/registry\/(?!service|store|routes)/,
  /^worker\/runs\/(?:lifecycle|hold|ask|two-phase|follow-up|build-spec)\.ts$/,
  /^worker\/alerts\/(?:build-mail|build-message|retry-schedule)\.ts$/,
  /^worker\/platform\/dial-address\.ts$/,
  /^worker\/triggers\/(?:admission|next-fire|plan-occurrences|plan-triggers|verify-signature)\.ts$/,
  /^worker\/sandboxes\/capacity\.ts$/,
];

const notRooms = new Set(["http", "platform", "mcp"]);

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
  // Measuring and the chaos run are tests that are started by hand.
  const toTest = target.startsWith("test/") && !/^(?:bench|scripts\/chaos)\//.test(from);
  return [...byLayer, ...(toTest ? ["Nothing but tests imports a test."] : []), ...forbiddenRoomArrow(arrow)];
}

function forbiddenRoomArrow({ from, target }: ImportArrow): string[] {
  const [fromRoom, toRoom] = [roomOf(from), roomOf(target)];
  if (fromRoom === undefined || toRoom === undefined || fromRoom === toRoom) {
    return [];
  }
  if (target === "worker/access/policy.ts") {
    return [];
  }
  if (from.endsWith("-object.ts") && target.endsWith("service.ts")) {
    return [];
  }
  if (!(roomArrows[fromRoom] ?? []).includes(toRoom)) {
    return [
      `Room ${fromRoom} may not ask room ${toRoom}: the list of arrows in test/architecture/layers.ts has none.`,
    ];
  }
  const isDoor = target.endsWith("/service.ts");
  if (isDoor || leafRooms.includes(toRoom)) {
    return [];
  }
  return [`A room is entered by its service.ts (${toRoom} is no leaf room).`];
}

function roomOf(path: string): string | undefined {
  const room = /^worker\/([a-z-]+)\//.exec(path)?.[1];
  return room === undefined || notRooms.has(room) ? undefined : room;
}

function matchesAny(patterns: RegExp[], text: string): boolean {
  return patterns.some((pattern) => pattern.test(text));
}
