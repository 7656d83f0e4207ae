import { findContextsById, findFileRow } from "../../contexts/store.ts";
import { placeOf, requireContext } from "../../contexts/service.ts";
import { copyWorker } from "../../deploys/copy/copy-worker.ts";
import { notFound } from "../../platform/app-error.ts";
import type { ShareRouteDeps } from "../../shares/routes.ts";
import type { ShareDeps } from "../../shares/service.ts";
import type { VisitorDeps } from "../../shares/visitor-service.ts";
import { contextDeps } from "../context-deps.ts";
import { deployDeps } from "../deploy-deps.ts";
import { rateDeps } from "../guard-deps.ts";
import type { PageDeps } from "../../pages/page-routes.ts";
import { openStrangerDial } from "../../platform/network/dial-client.ts";
import { memberDeps } from "../member-deps.ts";
import { uploadDeps } from "../system-deps.ts";
import type { Host } from "../host.ts";
import { startDeps } from "../run-deps.ts";

/** For whoever shares. */
export function shareDeps(host: Host): ShareDeps {
  return {
    ...startDeps(host),
    linkOrigin: host.publicUrl || host.linkOrigin,
    // Read when somebody has a password: the library is large.
    hashPassword: async (password) =>
      (await import("../../accounts/auth-passwords.ts")).hashPassword(password),
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

/** For the pages that strangers see. */
export function pageDeps(host: Host): PageDeps {
  const { signingKey, earlierSigningKeys, turnstile, allowLoopbackAlerts } = host.config;
  return {
    ...shareDeps(host),
    ...visitorDeps(host),
    ...uploadDeps(host),
    signingKey,
    earlierSigningKeys,
    turnstile,
    dial: openStrangerDial({ publicNetwork: host.publicNetwork, allowLoopback: allowLoopbackAlerts }),
    verifyPassword: async (password, hash) =>
      (await import("../../accounts/auth-passwords.ts")).verifyPassword(password, hash),
    sendMail: memberDeps(host).sendMail,
    behind: host.behind,
    openContextFile: async ({ workspaceId, contextId, path }) => {
      const [row] = await findContextsById(host.db, workspaceId, [contextId]);
      if (row === undefined || row.sensitive) return null;
      const file = await findFileRow(host.db, contextId, { path, version: null });
      return file === undefined ? null : host.files.getContextFile(placeOf(row), file.sha256);
    },
  };
}
