import { version } from "../../package.json";
import type { SystemDeps } from "../system/routes.ts";
import type { UploadDeps } from "../uploads/service.ts";
import type { Host } from "./host.ts";

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
