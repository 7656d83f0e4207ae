import type { Principal } from "#contract/access/access";
import type { ChangeSettings, WorkspaceSettings } from "#contract/retention/retention";
import type { AlertDeps } from "../alerts/service.ts";
import type { ContextDeps } from "../contexts/service.ts";
import type { DeployDeps } from "../deploys/service.ts";
import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db/client.ts";
import type { Files } from "../platform/files.ts";
import type { StoreDeps } from "../store/service.ts";
import type { TemplateDeps } from "../templates/service.ts";
import type { TriggerDeps } from "../triggers/service.ts";

/** What moving a workspace needs: each room's own service does what a person would ask of it. */
export interface MoveDeps {
  db: Db;
  files: Files;
  clock: Clock;
  deploys: DeployDeps;
  triggers: TriggerDeps;
  alerts: AlertDeps;
  contexts: ContextDeps;
  store: StoreDeps;
  templates: TemplateDeps;
  findWorkspaceName: (principal: Principal) => Promise<string>;
  listMembers: (principal: Principal) => Promise<{ name: string | null; email: string; role: string }[]>;
  /** Names of the secrets that are set or declared, with the workers that declare them. */
  listSecrets: (principal: Principal) => Promise<{ name: string; set: boolean; workers: string[] }[]>;
  getSettings: (principal: Principal) => Promise<WorkspaceSettings>;
  changeSettings: (principal: Principal, change: ChangeSettings) => Promise<WorkspaceSettings>;
  setVisibility: (
    principal: Principal,
    change: { worker: string; visibility: "private" | "workspace" },
  ) => Promise<unknown>;
}
