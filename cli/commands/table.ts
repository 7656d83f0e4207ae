import { bindCommand } from "../command.ts";
import type { Command } from "../command.ts";
import * as alerts from "./alerts/specs.ts";
import * as approvals from "./approvals/specs.ts";
import * as audit from "./audit/specs.ts";
import * as clients from "./clients/specs.ts";
import * as events from "./events/specs.ts";
import * as contexts from "./contexts/specs.ts";
import * as councils from "./councils/specs.ts";
import * as deadletters from "./deadletters/specs.ts";
import * as deliveries from "./deliveries/specs.ts";
import * as deploy from "./deploy/specs.ts";
import * as gateway from "./gateway/specs.ts";
import * as generate from "./generate/specs.ts";
import * as grants from "./grants/specs.ts";
import * as members from "./members/specs.ts";
import * as login from "./login/specs.ts";
import * as platform from "./platform/specs.ts";
import * as replay from "./replay/specs.ts";
import * as retention from "./retention/specs.ts";
import * as runs from "./runs/specs.ts";
import * as schedules from "./schedules/specs.ts";
import * as secrets from "./secrets/specs.ts";
import * as connections from "./connections/specs.ts";
import * as mcp from "./mcp/specs.ts";
import * as memory from "./memory/specs.ts";
import * as quotas from "./quotas/specs.ts";
import * as share from "./share/specs.ts";
import * as spend from "./spend/specs.ts";
import * as store from "./store/specs.ts";
import * as servers from "./servers/specs.ts";
import * as session from "./session/specs.ts";
import * as services from "./service-accounts/specs.ts";
import * as templates from "./templates/specs.ts";
import * as tokens from "./tokens/specs.ts";
import * as triggers from "./triggers/specs.ts";
import * as topology from "./topology/specs.ts";
import * as trust from "./trust/specs.ts";
import * as variables from "./variables/specs.ts";
import * as versions from "./versions/specs.ts";
import * as workers from "./workers/specs.ts";
import * as workspace from "./workspace/specs.ts";
import * as workspaces from "./workspaces/specs.ts";

/** What the groups of commands are about, for help and the reference. */
export const groupSummaries: Readonly<Record<string, string>> = {
  workers: "Deploy and look after workers",
  runs: "Look at runs and their results",
  approvals: "Decide what workers ask before they act",
  secrets: "Give workers keys and passwords that nobody else can read",
  store: "Look at and change what workers remember from run to run",
  contexts: "Share folders of files with workers, and keep every version of them",
  councils: "Look at discussions of agents and people, put in a word, and end them",
  connections: "Connect workers to servers and apps of others",
  gateway: "Bring workers over from another gateway",
  learnings: "Review what agents have learned",
  feedback: "Give agents rules, and take them back",
  tokens: "Make and end what programs sign in with",
  clients: "Look at the programs that act for you, and disconnect them",
  events: "Look at the addresses that are told of events, and end that",
  "service-accounts": "Look after accounts of programs, such as CI",
  servers: "Choose among the servers you are signed in to",
  session: "Keep a record of a stretch of work, with its runs and notes",
  share: "Show workers and results to people without an account",
  templates: "Say what sandboxes are made of",
  triggers: "Look after what starts workers besides people",
  schedules: "Start workers at set times",
  alerts: "Tell others how runs end",
  deliveries: "Look at what came in for webhooks, and take it once more",
  deadletters: "Deal with failed runs: start them over or put them aside",
  members: "Say who is in the workspace, and what they are there",
  workspaces: "Look at your workspaces, choose one, make one, and move all of one",
  grants: "Say who sees a worker, may start it or decides for it",
  retention: "Say how long things are kept, and what goes when",
  audit: "See who changed what",
  workspace: "Show and change what a workspace has set, or give it up",
  variables: "Say where the tools of workers lead in this workspace",
  trust: "Review what waits in quarantine",
  versions: "Compare a worker's versions",
};

/** The one table of commands, in the order people meet them. */
export const commands: readonly Command[] = [
  bindCommand(platform.initSpec, async () => import("./platform/init.ts")),
  bindCommand(deploy.deploySpec, async () => import("./deploy/deploy.ts")),
  bindCommand(deploy.openSpec, async () => import("./deploy/open.ts")),
  bindCommand(runs.runSpec, async () => import("./runs/run.ts")),
  bindCommand(generate.generateSpec, async () => import("./generate/generate.ts")),
  bindCommand(workers.validateSpec, async () => import("./workers/validate.ts")),
  bindCommand(workers.pushSpec, async () => import("./workers/push.ts")),
  bindCommand(workers.listWorkersSpec, async () => import("./workers/list.ts")),
  bindCommand(workers.openapiSpec, async () => import("./workers/openapi.ts")),
  bindCommand(workers.showWorkerSpec, async () => import("./workers/show.ts")),
  bindCommand(workers.pullSpec, async () => import("./workers/pull.ts")),
  bindCommand(workers.versionsSpec, async () => import("./workers/versions.ts")),
  bindCommand(workers.archiveSpec, async () => import("./workers/archive.ts")),
  bindCommand(workers.restoreSpec, async () => import("./workers/restore.ts")),
  bindCommand(workers.pauseSpec, async () => import("./workers/pause.ts")),
  bindCommand(workers.resumeSpec, async () => import("./workers/resume.ts")),
  bindCommand(workers.deleteSpec, async () => import("./workers/delete.ts")),
  bindCommand(workers.rotateTokenSpec, async () => import("./workers/rotate-token.ts")),
  bindCommand(runs.listRunsSpec, async () => import("./runs/list.ts")),
  bindCommand(runs.showRunSpec, async () => import("./runs/show.ts")),
  bindCommand(runs.logsSpec, async () => import("./runs/logs.ts")),
  bindCommand(runs.cancelSpec, async () => import("./runs/cancel.ts")),
  bindCommand(runs.approveRunSpec, async () => import("./runs/approve.ts")),
  bindCommand(runs.rejectRunSpec, async () => import("./runs/reject.ts")),
  bindCommand(approvals.listApprovalsSpec, async () => import("./approvals/list.ts")),
  bindCommand(approvals.showApprovalSpec, async () => import("./approvals/show.ts")),
  bindCommand(approvals.approveSpec, async () => import("./approvals/approve.ts")),
  bindCommand(approvals.rejectSpec, async () => import("./approvals/reject.ts")),
  bindCommand(runs.downloadSpec, async () => import("./runs/download.ts")),
  bindCommand(runs.listToolCallsSpec, async () => import("./runs/tools.ts")),
  bindCommand(runs.compareRunsSpec, async () => import("./runs/compare.ts")),
  bindCommand(replay.replaySpec, async () => import("./replay/replay.ts")),
  bindCommand(replay.resumeSpec, async () => import("./replay/resume.ts")),
  bindCommand(mcp.mcpSpec, async () => import("./mcp/mcp.ts")),
  bindCommand(mcp.mcpServeSpec, async () => import("./mcp/serve.ts")),
  bindCommand(mcp.mcpToolsSpec, async () => import("./mcp/tools.ts")),
  bindCommand(mcp.mcpProbeSpec, async () => import("./mcp/probe.ts")),
  bindCommand(mcp.mcpInstallSpec, async () => import("./mcp/install.ts")),
  bindCommand(mcp.mcpUninstallSpec, async () => import("./mcp/uninstall.ts")),
  bindCommand(memory.listLearningsSpec, async () => import("./memory/list-learnings.ts")),
  bindCommand(memory.keepLearningSpec, async () => import("./memory/keep-learning.ts")),
  bindCommand(memory.dropLearningSpec, async () => import("./memory/drop-learning.ts")),
  bindCommand(memory.listFeedbackSpec, async () => import("./memory/list-feedback.ts")),
  bindCommand(memory.addFeedbackSpec, async () => import("./memory/add-feedback.ts")),
  bindCommand(memory.resolveFeedbackSpec, async () => import("./memory/resolve-feedback.ts")),
  bindCommand(versions.listVersionsSpec, async () => import("./versions/list.ts")),
  bindCommand(versions.showVersionSpec, async () => import("./versions/show.ts")),
  bindCommand(versions.diffVersionsSpec, async () => import("./versions/diff.ts")),
  bindCommand(versions.rollbackSpec, async () => import("./versions/rollback.ts")),
  bindCommand(trust.listWaitingSpec, async () => import("./trust/list.ts")),
  bindCommand(trust.showReviewSpec, async () => import("./trust/show.ts")),
  bindCommand(trust.promoteSpec, async () => import("./trust/promote.ts")),
  bindCommand(trust.rejectSpec, async () => import("./trust/reject.ts")),
  bindCommand(trust.retireSpec, async () => import("./trust/retire.ts")),
  bindCommand(trust.watchSpec, async () => import("./trust/watch.ts")),
  bindCommand(deadletters.listDeadLettersSpec, async () => import("./deadletters/list.ts")),
  bindCommand(deadletters.redriveSpec, async () => import("./deadletters/redrive.ts")),
  bindCommand(deadletters.dismissSpec, async () => import("./deadletters/dismiss.ts")),
  bindCommand(alerts.listAlertsSpec, async () => import("./alerts/list.ts")),
  bindCommand(alerts.addAlertSpec, async () => import("./alerts/add.ts")),
  bindCommand(alerts.removeAlertSpec, async () => import("./alerts/remove.ts")),
  bindCommand(alerts.testAlertSpec, async () => import("./alerts/test.ts")),
  bindCommand(alerts.listDeliveriesSpec, async () => import("./alerts/deliveries.ts")),
  bindCommand(alerts.redeliverSpec, async () => import("./alerts/redeliver.ts")),
  bindCommand(contexts.listContextsSpec, async () => import("./contexts/list.ts")),
  bindCommand(contexts.createContextSpec, async () => import("./contexts/create.ts")),
  bindCommand(contexts.pushContextSpec, async () => import("./contexts/push.ts")),
  bindCommand(contexts.pullContextSpec, async () => import("./contexts/pull.ts")),
  bindCommand(contexts.contextFilesSpec, async () => import("./contexts/files.ts")),
  bindCommand(contexts.contextVersionsSpec, async () => import("./contexts/versions.ts")),
  bindCommand(contexts.rollbackContextSpec, async () => import("./contexts/rollback.ts")),
  bindCommand(contexts.deleteContextSpec, async () => import("./contexts/delete.ts")),
  bindCommand(members.listMembersSpec, async () => import("./members/list.ts")),
  bindCommand(members.inviteMemberSpec, async () => import("./members/invite.ts")),
  bindCommand(members.setRoleSpec, async () => import("./members/role.ts")),
  bindCommand(members.removeMemberSpec, async () => import("./members/remove.ts")),
  bindCommand(members.transferSpec, async () => import("./members/transfer.ts")),
  bindCommand(workspaces.listWorkspacesSpec, async () => import("./workspaces/list.ts")),
  bindCommand(workspaces.useWorkspaceSpec, async () => import("./workspaces/use.ts")),
  bindCommand(workspaces.createWorkspaceSpec, async () => import("./workspaces/create.ts")),
  bindCommand(workspaces.exportWorkspaceSpec, async () => import("./workspaces/export.ts")),
  bindCommand(workspaces.importWorkspaceSpec, async () => import("./workspaces/import.ts")),
  bindCommand(grants.showGrantsSpec, async () => import("./grants/list.ts")),
  bindCommand(grants.setGrantsSpec, async () => import("./grants/set.ts")),
  bindCommand(grants.setVisibilitySpec, async () => import("./grants/visibility.ts")),
  bindCommand(share.createShareSpec, async () => import("./share/create.ts")),
  bindCommand(share.listSharesSpec, async () => import("./share/list.ts")),
  bindCommand(share.revokeShareSpec, async () => import("./share/revoke.ts")),
  bindCommand(share.showAppSpec, async () => import("./share/show.ts")),
  bindCommand(share.setAppSpec, async () => import("./share/set.ts")),
  bindCommand(secrets.setSecretSpec, async () => import("./secrets/set.ts")),
  bindCommand(secrets.listSecretsSpec, async () => import("./secrets/list.ts")),
  bindCommand(secrets.importSecretsSpec, async () => import("./secrets/import.ts")),
  bindCommand(secrets.grantSecretSpec, async () => import("./secrets/grant.ts")),
  bindCommand(secrets.secretVersionsSpec, async () => import("./secrets/versions.ts")),
  bindCommand(secrets.testSecretSpec, async () => import("./secrets/test.ts")),
  bindCommand(secrets.deleteSecretSpec, async () => import("./secrets/delete.ts")),
  bindCommand(secrets.rotateMasterSpec, async () => import("./secrets/rotate-master.ts")),
  bindCommand(secrets.abandonKeySpec, async () => import("./secrets/abandon-key.ts")),
  bindCommand(store.getValueSpec, async () => import("./store/get.ts")),
  bindCommand(store.setValueSpec, async () => import("./store/set.ts")),
  bindCommand(store.listKeysSpec, async () => import("./store/list.ts")),
  bindCommand(store.deleteKeySpec, async () => import("./store/delete.ts")),
  bindCommand(store.incrementSpec, async () => import("./store/increment.ts")),
  bindCommand(store.querySpec, async () => import("./store/query.ts")),
  bindCommand(store.exportSpec, async () => import("./store/export.ts")),
  bindCommand(connections.listConnectionsSpec, async () => import("./connections/list.ts")),
  bindCommand(connections.addConnectionSpec, async () => import("./connections/add.ts")),
  bindCommand(connections.showConnectionSpec, async () => import("./connections/show.ts")),
  bindCommand(connections.testConnectionSpec, async () => import("./connections/test.ts")),
  bindCommand(connections.listConnectionToolsSpec, async () => import("./connections/tools.ts")),
  bindCommand(connections.pinConnectionSpec, async () => import("./connections/pin.ts")),
  bindCommand(connections.authorizeConnectionSpec, async () => import("./connections/authorize.ts")),
  bindCommand(connections.removeConnectionSpec, async () => import("./connections/remove.ts")),
  bindCommand(templates.pushTemplateSpec, async () => import("./templates/push.ts")),
  bindCommand(templates.listTemplatesSpec, async () => import("./templates/list.ts")),
  bindCommand(templates.showTemplateSpec, async () => import("./templates/show.ts")),
  bindCommand(templates.removeTemplateSpec, async () => import("./templates/remove.ts")),
  bindCommand(triggers.listTriggersSpec, async () => import("./triggers/list.ts")),
  bindCommand(triggers.showTriggerSpec, async () => import("./triggers/show.ts")),
  bindCommand(triggers.pauseTriggerSpec, async () => import("./triggers/pause.ts")),
  bindCommand(triggers.resumeTriggerSpec, async () => import("./triggers/resume.ts")),
  bindCommand(triggers.testTriggerSpec, async () => import("./triggers/test.ts")),
  bindCommand(triggers.deleteTriggerSpec, async () => import("./triggers/delete.ts")),
  bindCommand(triggers.rotateSecretSpec, async () => import("./triggers/rotate-secret.ts")),
  bindCommand(schedules.listSchedulesSpec, async () => import("./schedules/list.ts")),
  bindCommand(schedules.setScheduleSpec, async () => import("./schedules/set.ts")),
  bindCommand(schedules.nextTimesSpec, async () => import("./schedules/next.ts")),
  bindCommand(deliveries.listDeliveriesSpec, async () => import("./deliveries/list.ts")),
  bindCommand(deliveries.showDeliverySpec, async () => import("./deliveries/show.ts")),
  bindCommand(deliveries.redeliverSpec, async () => import("./deliveries/redeliver.ts")),
  bindCommand(variables.listVariablesSpec, async () => import("./variables/list.ts")),
  bindCommand(variables.setVariableSpec, async () => import("./variables/set.ts")),
  bindCommand(variables.deleteVariableSpec, async () => import("./variables/delete.ts")),
  bindCommand(councils.showCouncilSpec, async () => import("./councils/show.ts")),
  bindCommand(councils.sayToCouncilSpec, async () => import("./councils/say.ts")),
  bindCommand(councils.stopCouncilSpec, async () => import("./councils/stop.ts")),
  bindCommand(session.startSessionSpec, async () => import("./session/start.ts")),
  bindCommand(session.sessionStatusSpec, async () => import("./session/status.ts")),
  bindCommand(session.listSessionsSpec, async () => import("./session/list.ts")),
  bindCommand(session.noteSessionSpec, async () => import("./session/note.ts")),
  bindCommand(session.endSessionSpec, async () => import("./session/end.ts")),
  bindCommand(session.checkSyncSpec, async () => import("./session/sync-check.ts")),
  bindCommand(session.syncSessionSpec, async () => import("./session/sync.ts")),
  bindCommand(gateway.importGatewaySpec, async () => import("./gateway/import.ts")),
  bindCommand(topology.topologySpec, async () => import("./topology/topology.ts")),
  bindCommand(audit.listAuditSpec, async () => import("./audit/list.ts")),
  bindCommand(audit.tailAuditSpec, async () => import("./audit/tail.ts")),
  bindCommand(audit.verifyAuditSpec, async () => import("./audit/verify.ts")),
  bindCommand(audit.exportAuditSpec, async () => import("./audit/export.ts")),
  bindCommand(retention.showRetentionSpec, async () => import("./retention/show.ts")),
  bindCommand(retention.setRetentionSpec, async () => import("./retention/set.ts")),
  bindCommand(workspace.workspaceSettingsSpec, async () => import("./workspace/settings.ts")),
  bindCommand(workspace.setWorkspaceSpec, async () => import("./workspace/set.ts")),
  bindCommand(workspace.deleteWorkspaceSpec, async () => import("./workspace/delete.ts")),
  bindCommand(login.loginSpec, async () => import("./login/login.ts")),
  bindCommand(login.logoutSpec, async () => import("./login/logout.ts")),
  bindCommand(servers.listServersSpec, async () => import("./servers/list.ts")),
  bindCommand(servers.useServerSpec, async () => import("./servers/use.ts")),
  bindCommand(tokens.createTokenSpec, async () => import("./tokens/create.ts")),
  bindCommand(tokens.listTokensSpec, async () => import("./tokens/list.ts")),
  bindCommand(tokens.revokeTokenSpec, async () => import("./tokens/revoke.ts")),
  bindCommand(tokens.rotateTokenSpec, async () => import("./tokens/rotate.ts")),
  bindCommand(clients.listClientsSpec, async () => import("./clients/list.ts")),
  bindCommand(clients.revokeClientSpec, async () => import("./clients/revoke.ts")),
  bindCommand(events.listEventsSpec, async () => import("./events/list.ts")),
  bindCommand(events.stopEventsSpec, async () => import("./events/stop.ts")),
  bindCommand(services.createServiceSpec, async () => import("./service-accounts/create.ts")),
  bindCommand(services.listServicesSpec, async () => import("./service-accounts/list.ts")),
  bindCommand(services.deleteServiceSpec, async () => import("./service-accounts/delete.ts")),
  bindCommand(platform.doctorSpec, async () => import("./platform/doctor.ts")),
  bindCommand(spend.spendSpec, async () => import("./spend/spend.ts")),
  bindCommand(quotas.quotasSpec, async () => import("./quotas/quotas.ts")),
  bindCommand(platform.whoamiSpec, async () => import("./platform/whoami.ts")),
  bindCommand(platform.completionSpec, async () => import("./platform/completion.ts")),
];
