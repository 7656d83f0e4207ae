import { version } from "../../package.json";
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
  return { ...startDeps(host), version };
}
