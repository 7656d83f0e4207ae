import { findFileRow } from "../contexts/store.ts";
import { requireContext } from "../contexts/service.ts";
import { copyWorker } from "../deploys/copy-worker.ts";
import { notFound } from "../platform/app-error.ts";
import type { ShareRouteDeps } from "../shares/routes.ts";
import type { ShareDeps } from "../shares/service.ts";
import type { VisitorDeps } from "../shares/visitor-service.ts";
import { contextDeps } from "./context-deps.ts";
import { deployDeps } from "./deploy-deps.ts";
import { rateDeps } from "./guard-deps.ts";
import type { Host } from "./host.ts";
import { startDeps } from "./run-deps.ts";

/** For whoever shares. */
export function shareDeps(host: Host): ShareDeps {
  return {
    ...startDeps(host),
    linkOrigin: host.publicUrl || host.linkOrigin,
    // Read when somebody has a password: the library is large.
    hashPassword: async (password) => (await import("../accounts/auth-passwords.ts")).hashPassword(password),
    findContextFile: async (principal, { name, path }) => {
      const deps = contextDeps(host);
      const row = await requireContext(deps, principal, name);
      if ((await findFileRow(deps.db, row.id, { path, version: null })) === undefined) throw notFound("file");
      return { id: row.id, sensitive: row.sensitive };
    },
  };
}

/** For whoever comes by a link or to a page. */
export function visitorDeps(host: Host): VisitorDeps {
  return {
    ...startDeps(host),
    takeTurn: (key, pace) => rateDeps(host).takeExactly(key, pace, host.clock()),
  };
}

export function shareRouteDeps(host: Host): ShareRouteDeps {
  return {
    ...shareDeps(host),
    ...visitorDeps(host),
    copyWorker: (principal, { found }) => copyWorker(deployDeps(host), principal, found),
  };
}
