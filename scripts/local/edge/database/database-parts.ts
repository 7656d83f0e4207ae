import * as z from "zod";
import type { Config, ParsedWorkerOptions, Service, Worker_Binding } from "miniflare";

/** Sources of what plays D1: the object, and the module between it and the runtime's own binding. */
export interface DatabaseSources {
  object: string;
  binding: string;
}

const BINDING_MODULE = "floom-internal:database-binding";
const CLASS_NAME = "D1DatabaseObject";
const COMPATIBILITY_DATE = "2026-08-01";

/** With it a script's binding asks D1 by calls, and writes no requests that would only be read again. */
export const DATABASE_FLAG = "d1_binding_jsrpc";

/** Miniflare's names: the object's worker, and the worker that stands before it there. */
const OBJECT_SERVICE = "d1:db";
const ENTRY_SERVICE = "d1:db:entry";

const databaseForm = z.looseObject({ type: z.literal("d1"), id: z.string() });

/** The bindings, those of D1 each to the object of its database. */
export function bindDatabases(
  { config }: ParsedWorkerOptions,
  bindings: readonly Worker_Binding[],
): Worker_Binding[] {
  return bindings.map((binding) => {
    const name = binding.name ?? "";
    const database = databaseForm.safeParse(config.env?.[name]).data;
    if (database === undefined) return binding;
    const objects = { className: CLASS_NAME, serviceName: OBJECT_SERVICE };
    const innerBindings = [
      { name: "OBJECTS", durableObjectNamespace: objects },
      { name: "DATABASE", text: database.id },
    ];
    return { name, wrapped: { moduleName: BINDING_MODULE, entrypoint: "makeBinding", innerBindings } };
  });
}

/**
 * The services of D1 with the object in place of Miniflare's: under the same name over the same folder, so that what an
 * earlier Floom wrote is found. Throws where Miniflare has laid them out in another way.
 */
export function placeDatabases(services: readonly Service[], { object }: DatabaseSources): Service[] {
  const names = services.map(({ name }) => name);
  if (![OBJECT_SERVICE, ENTRY_SERVICE].every((name) => names.includes(name)))
    throw new Error(`Miniflare lays D1 out in another way than this knows: ${names.join(", ")}`);
  return services
    .filter(({ name }) => name !== ENTRY_SERVICE)
    .map((service) => {
      if (service.name !== OBJECT_SERVICE) return service;
      if (!("worker" in service) || service.worker === undefined)
        throw new Error("what plays D1 is no worker");
      const { durableObjectNamespaces: namespaces = [], durableObjectStorage } = service.worker;
      return {
        name: OBJECT_SERVICE,
        worker: {
          compatibilityDate: COMPATIBILITY_DATE,
          modules: [{ name: "database-object.js", esModule: object }],
          // Its file stays open: to open it again after each quiet moment costs more than what is asked of it.
          durableObjectNamespaces: namespaces.map((one) => ({
            ...one,
            enableSql: true,
            preventEviction: true,
          })),
          ...(durableObjectStorage === undefined ? {} : { durableObjectStorage }),
        },
      };
    });
}

/** The module that only bindings may load. */
export function databaseExtension({ binding }: DatabaseSources): NonNullable<Config["extensions"]>[number] {
  return { modules: [{ name: BINDING_MODULE, internal: true, esModule: binding }] };
}
