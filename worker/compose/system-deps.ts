import { version } from "../../package.json";
import { setVisibility } from "../access/grants/service.ts";
import { findWorkspaceRow, listMemberRows } from "../access/members/store.ts";
import type { MoveDeps } from "../moves/move-deps.ts";
import { changeSettings, getSettings } from "../retention/service.ts";
import { listSecrets } from "../secrets/service.ts";
import { alertDeps } from "./alert-deps.ts";
import { contextDeps } from "./context-deps.ts";
import { deployDeps } from "./deploy-deps.ts";
import { grantDeps } from "./member-deps.ts";
import { retentionServiceDeps } from "./retention-deps.ts";
import { firstIdAt } from "../platform/ids.ts";
import { listMissedRows } from "../triggers/missed-store.ts";
import { vaultDeps } from "./secret-deps.ts";
import { storeDeps } from "./store-deps.ts";
import { triggerDeps } from "./trigger-deps.ts";
import type { ReportDeps } from "../reports/service.ts";
import type { SystemDeps } from "../system/routes.ts";
import type { TemplateDeps } from "../templates/service.ts";
import type { UploadDeps } from "../uploads/service.ts";
import type { Host } from "./host.ts";
import { startDeps } from "./run-deps.ts";

export function systemDeps(host: Host): SystemDeps {
  return {
    db: host.db,
    clock: host.clock,
    version,
    sandboxesConfigured: host.config.e2bApiKey !== "",
  };
}

export function uploadDeps(host: Host): UploadDeps {
  return { db: host.db, files: host.files, clock: host.clock };
}

export function templateDeps({ db, clock }: Host): TemplateDeps {
  return { db, clock };
}

/** For whoever asks how things went lately. */
export function reportDeps(host: Host): ReportDeps {
  return {
    ...startDeps(host),
    version,
    takeMark: host.takeMark,
    listMissed: ({ since, ...of }) => listMissedRows(host.db, { ...of, from: firstIdAt("mis", since) }),
  };
}

/** For whoever takes a whole workspace away, or puts one in. */
export function moveDeps(host: Host): MoveDeps {
  return {
    db: host.db,
    files: host.files,
    clock: host.clock,
    deploys: deployDeps(host),
    triggers: triggerDeps(host),
    alerts: alertDeps(host),
    contexts: contextDeps(host),
    store: storeDeps(host),
    templates: templateDeps(host),
    findWorkspaceName: async ({ workspace_id: id }) => (await findWorkspaceRow(host.db, id))?.name ?? id,
    listMembers: async ({ workspace_id: id }) =>
      (await listMemberRows(host.db, id)).map(({ name, email, role }) => ({ name, email, role })),
    listSecrets: async (principal) =>
      (await listSecrets(vaultDeps(host), principal)).map(({ name, status, used_by: workers }) => ({
        name,
        set: status === "set",
        workers,
      })),
    getSettings: (principal) => getSettings(retentionServiceDeps(host), principal),
    changeSettings: (principal, change) => changeSettings(retentionServiceDeps(host), principal, change),
    setVisibility: (principal, change) => setVisibility(grantDeps(host), principal, change),
  };
}
