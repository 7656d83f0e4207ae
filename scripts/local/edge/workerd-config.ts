// Puts together what the runtime is started with. Of Miniflare only the parts are taken that play R2 and the assets, and
// how the files of D1 and of the objects lie; its development entry, which serves stored objects to anybody and obeys
// headers of the sender, is left out, and with it the server it keeps for its own talks.
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import {
  convertV4MiniflareOptions,
  InstanceOptionsSchema,
  Log,
  LogLevel,
  PLUGINS,
  WorkerOptionsSchema,
} from "miniflare";
import type {
  Config,
  ParsedInstanceOptions,
  ParsedWorkerOptions,
  PluginServicesOptions,
  Service,
  Socket,
  V4WorkerOptions,
  Worker_Binding,
  Worker_Module,
} from "miniflare";
import {
  bindDatabases,
  DATABASE_FLAG,
  databaseExtension,
  placeDatabases,
} from "./database/database-parts.ts";
import type { DatabaseSources } from "./database/database-parts.ts";
import type { Migration } from "./migrate.ts";

export interface EdgeConfigOptions {
  /** The built edge with the variables it gets here. */
  bundle: V4WorkerOptions;
  /** D1, R2 and Durable Object files. */
  stateDir: string;
  /** Source of what stands before the edge. */
  front: string;
  database: DatabaseSources;
}

export interface MigrationConfigOptions {
  bundle: V4WorkerOptions;
  stateDir: string;
  /** Source of the worker that applies them. */
  migrator: string;
  database: DatabaseSources;
  migrations: readonly Migration[];
}

/** The one socket of the edge; where it listens is told when the runtime is started. */
export const FRONT_SOCKET = "front";

const INTERNET: Service = {
  name: "internet",
  network: {
    allow: ["public", "private", "240.0.0.0/4"],
    deny: [],
    tlsOptions: { trustBrowserCas: true, trustedCertificates: [] },
  },
};
/** Leads to public addresses alone, judged by what a name is resolved to when it is dialled. */
const PUBLIC_NETWORK: Service = {
  name: "public-network",
  network: {
    allow: ["public"],
    deny: ["private", "local"],
    tlsOptions: { trustBrowserCas: true, trustedCertificates: [] },
  },
};
const MIGRATOR_COMPATIBILITY_DATE = "2026-08-01";

interface Parts {
  worker: ParsedWorkerOptions;
  bindings: Worker_Binding[];
  /** What plays D1, R2, the assets, and the files of Durable Objects. */
  services: Service[];
}

/**
 * The whole edge: a socket, behind it the front, behind that the edge itself in the same worker, and the router of the
 * assets. Throws when wrangler.toml binds a kind of thing that has no part here.
 */
export async function buildEdgeConfig({
  bundle,
  stateDir,
  front,
  database,
}: EdgeConfigOptions): Promise<Config> {
  const parts = await readParts(bundle, { stateDir, database });
  const behind = {
    assets: `assets:router:${parts.worker.config.name}`,
    edgePaths: readEdgePaths(parts.worker),
  };
  const { service, socket } = putFrontBefore(buildEdgeService(parts), front, behind);
  return {
    services: [INTERNET, PUBLIC_NETWORK, ...parts.services, service],
    sockets: [socket],
    extensions: [sharedModules(), databaseExtension(database)],
  };
}

/** The service that the front asks by its name, and which paths are the edge's whatever the assets have. */
export interface BehindFront {
  assets: string;
  edgePaths: readonly string[];
}

const FRONT_MODULE = "floom-front.js";
const ENTRY_MODULE = "floom-entry.js";

/**
 * The edge's service with the front in it, and the socket that reaches the front alone. The front calls the edge's script
 * as a function: a worker of its own would read and write each request and each answer once more.
 */
export function putFrontBefore(
  edge: Service,
  front: string,
  { assets, edgePaths }: BehindFront,
): { service: Service; socket: Socket } {
  if (!("worker" in edge) || edge.worker === undefined || !("modules" in edge.worker))
    throw new Error("the edge has no modules");
  const { modules, bindings = [] } = edge.worker;
  const main = JSON.stringify(`./${modules[0]?.name ?? ""}`);
  const entry = `import edge from ${main};
import { openFront } from "./${FRONT_MODULE}";
export * from ${main};
export { edge as default };
export const front = openFront(edge);`;
  return {
    service: {
      name: edge.name ?? "",
      worker: {
        ...edge.worker,
        modules: [
          { name: ENTRY_MODULE, esModule: entry },
          { name: FRONT_MODULE, esModule: front },
          ...modules,
        ],
        bindings: [
          ...bindings,
          { name: "FRONT_ASSETS", service: { name: assets } },
          { name: "FRONT_EDGE_PATHS", json: JSON.stringify(edgePaths) },
        ],
      },
    },
    socket: { name: FRONT_SOCKET, service: { name: edge.name ?? "", entrypoint: "front" }, http: {} },
  };
}

/** The database alone, and a worker whose test applies the migrations: nothing of it listens anywhere. */
export async function buildMigrationConfig(options: MigrationConfigOptions): Promise<Config> {
  const { bindings, services } = await readParts(options.bundle, options);
  const database = bindings.find(({ name }) => name === "DB");
  if (database === undefined) throw new Error("wrangler.toml binds no database DB");

  return {
    services: [
      INTERNET,
      ...services.filter(({ name }) => name?.startsWith("d1:")),
      {
        name: "migrate",
        worker: {
          compatibilityDate: MIGRATOR_COMPATIBILITY_DATE,
          compatibilityFlags: [DATABASE_FLAG],
          modules: [{ name: "migrate.js", esModule: options.migrator }],
          bindings: [database, { name: "MIGRATIONS", json: JSON.stringify(options.migrations) }],
        },
      },
    ],
    extensions: [sharedModules(), databaseExtension(options.database)],
  };
}

async function readParts(
  bundle: V4WorkerOptions,
  { stateDir, database }: Pick<EdgeConfigOptions, "stateDir" | "database">,
): Promise<Parts> {
  const { workers, ...instance } = convertV4MiniflareOptions({
    cf: false,
    telemetry: { enabled: false },
    resourcePersistencePath: stateDir,
    workers: [bundle],
  });
  const worker = WorkerOptionsSchema.parse(workers[0]);
  const shared = InstanceOptionsSchema.parse(instance);
  const { core, d1, r2, do: durableObjects, assets } = PLUGINS;
  const bindings: Worker_Binding[] = [];
  for (const plugin of [core, d1, r2, durableObjects, assets])
    bindings.push(...((await plugin.getBindings(worker, shared, 0)) ?? []));

  const bound = new Set(bindings.map(({ name }) => name));
  const missing = Object.keys(worker.config.env ?? {}).filter((name) => !bound.has(name));
  if (missing.length > 0)
    throw new Error(`a local edge cannot have these bindings of wrangler.toml: ${missing.join(", ")}`);

  const services: Service[] = [buildObjectStorage(stateDir)];
  for (const plugin of [d1, r2, assets]) {
    const made = await plugin.getServices(servicesOptions(worker, shared));
    const all = Array.isArray(made) ? made : (made?.services ?? []);
    services.push(...all.map(withoutLoopback));
  }
  return {
    worker,
    bindings: bindDatabases(worker, bindings),
    services: placeDatabases(services, database),
  };
}

/** The plugins asked here read these fields; the rest serves kinds of bindings that a local edge cannot have. */
function servicesOptions(worker: ParsedWorkerOptions, shared: ParsedInstanceOptions): PluginServicesOptions {
  const read: Partial<PluginServicesOptions> = {
    options: worker,
    sharedOptions: shared,
    log: new Log(LogLevel.WARN),
    tmpPath: "",
  };
  return read as PluginServicesOptions;
}

const OBJECT_STORAGE = "do:storage";

function buildObjectStorage(stateDir: string): Service {
  const path = join(stateDir, "do");
  mkdirSync(path, { recursive: true, mode: 0o700 });
  return { name: OBJECT_STORAGE, disk: { path, writable: true } };
}

/** The parts report to a server that Miniflare keeps, where there is one; here they write to their own output. */
function withoutLoopback(service: Service): Service {
  if (!("worker" in service) || service.worker === undefined) return service;

  const bindings = service.worker.bindings?.filter(
    (binding) => !("service" in binding && binding.service?.name === "loopback"),
  );
  return { ...service, worker: { ...service.worker, ...(bindings === undefined ? {} : { bindings }) } };
}

function buildEdgeService({ worker, bindings }: Parts): Service {
  const { name, compatibilityDate, compatibilityFlags, exports = {} } = worker.config;
  return {
    name: edgeServiceName(worker),
    worker: {
      modules: readModules(worker),
      ...(compatibilityDate === undefined ? {} : { compatibilityDate }),
      compatibilityFlags: [...(compatibilityFlags ?? []), DATABASE_FLAG],
      bindings: bindings.concat({ name: "PUBLIC_NETWORK", service: { name: PUBLIC_NETWORK.name ?? "" } }),
      durableObjectNamespaces: Object.keys(exports).map((className) => ({
        className,
        enableSql: true,
        // Names the folder of its files: what an earlier Floom wrote is found by it.
        uniqueKey: `${name}-${className}`,
      })),
      durableObjectStorage: { localDisk: OBJECT_STORAGE },
      globalOutbound: { name: INTERNET.name ?? "" },
    },
  };
}

function edgeServiceName(worker: ParsedWorkerOptions): string {
  return `core:user:${worker.config.name}`;
}

/** None where the list says of some paths that they are not the edge's, which the router of the assets has to judge. */
function readEdgePaths({ config }: ParsedWorkerOptions): readonly string[] {
  const first = config.assets?.runWorkerFirst;
  return Array.isArray(first) && !first.some((pattern) => pattern.startsWith("!")) ? first : [];
}

function readModules(worker: ParsedWorkerOptions): Worker_Module[] {
  const { manifest } = worker.config;
  const entries = Object.entries(manifest?.modules ?? {});
  // The first module is the entry.
  entries.sort(([a], [b]) => Number(b === manifest?.mainModule) - Number(a === manifest?.mainModule));
  return entries.map(([name, { type, contents }]) => {
    const text = (): string => (typeof contents === "string" ? contents : Buffer.from(contents).toString());
    switch (type) {
      case "esm":
        return { name, esModule: text() };
      case "text":
        return { name, text: text() };
      case "wasm":
        return { name, wasm: Buffer.from(contents) };
      case "data":
        return { name, data: Buffer.from(contents) };
      default:
        throw new Error(`a local edge cannot have a module of type ${type}`);
    }
  });
}

/** Code that the parts import by these names. */
function sharedModules(): NonNullable<Config["extensions"]>[number] {
  const folder = join(dirname(createRequire(import.meta.url).resolve("miniflare")), "workers", "shared");
  const read = (file: string): string => readFileSync(join(folder, file), "utf8");
  return {
    modules: [
      { name: "miniflare:shared", esModule: read("index.worker.js") },
      { name: "miniflare:zod", esModule: read("zod.worker.js") },
    ],
  };
}
