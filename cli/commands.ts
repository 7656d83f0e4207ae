import { bindCommand, type Command } from "./command.ts";
import * as alerts from "./specs/alerts.ts";
import * as approvals from "./specs/approvals.ts";
import * as deadletters from "./specs/deadletters.ts";
import * as deliveries from "./specs/deliveries.ts";
import * as platform from "./specs/platform.ts";
import * as replay from "./specs/replay.ts";
import * as runs from "./specs/runs.ts";
import * as triggers from "./specs/triggers.ts";
import * as versions from "./specs/versions.ts";
import * as workers from "./specs/workers.ts";

/** What the groups of commands are about, for help and the reference. */
export const groupSummaries: Readonly<Record<string, string>> = {
  workers: "Deploy and look after workers",
  runs: "Look at runs and their results",
  approvals: "Decide what workers ask before they act",
  triggers: "Look after what starts workers besides people",
  schedules: "Start workers at set times",
  alerts: "Tell others how runs end",
  deliveries: "Look at what came in for webhooks, and take it once more",
  deadletters: "Deal with failed runs: start them over or put them aside",
  versions: "Compare a worker's versions",
};

/** The one table of commands, in the order people meet them. */
export const commands: readonly Command[] = [
  bindCommand(workers.initSpec, async () => import("./commands/init.ts")),
  bindCommand(runs.runSpec, async () => import("./commands/run.ts")),
  bindCommand(workers.validateSpec, async () => import("./commands/workers-validate.ts")),
  bindCommand(workers.pushSpec, async () => import("./commands/workers-push.ts")),
  bindCommand(workers.listWorkersSpec, async () => import("./commands/workers-list.ts")),
  bindCommand(workers.showWorkerSpec, async () => import("./commands/workers-show.ts")),
  bindCommand(workers.pullSpec, async () => import("./commands/workers-pull.ts")),
  bindCommand(workers.versionsSpec, async () => import("./commands/workers-versions.ts")),
  bindCommand(workers.archiveSpec, async () => import("./commands/workers-archive.ts")),
  bindCommand(workers.restoreSpec, async () => import("./commands/workers-restore.ts")),
  bindCommand(workers.pauseSpec, async () => import("./commands/workers-pause.ts")),
  bindCommand(workers.resumeSpec, async () => import("./commands/workers-resume.ts")),
  bindCommand(workers.deleteSpec, async () => import("./commands/workers-delete.ts")),
  bindCommand(runs.listRunsSpec, async () => import("./commands/runs-list.ts")),
  bindCommand(runs.showRunSpec, async () => import("./commands/runs-show.ts")),
  bindCommand(runs.logsSpec, async () => import("./commands/runs-logs.ts")),
  bindCommand(runs.cancelSpec, async () => import("./commands/runs-cancel.ts")),
  bindCommand(approvals.approveRunSpec, async () => import("./commands/runs-approve.ts")),
  bindCommand(approvals.rejectRunSpec, async () => import("./commands/runs-reject.ts")),
  bindCommand(approvals.listApprovalsSpec, async () => import("./commands/approvals-list.ts")),
  bindCommand(approvals.showApprovalSpec, async () => import("./commands/approvals-show.ts")),
  bindCommand(approvals.approveSpec, async () => import("./commands/approvals-approve.ts")),
  bindCommand(approvals.rejectSpec, async () => import("./commands/approvals-reject.ts")),
  bindCommand(runs.downloadSpec, async () => import("./commands/runs-download.ts")),
  bindCommand(replay.compareRunsSpec, async () => import("./commands/runs-compare.ts")),
  bindCommand(replay.replaySpec, async () => import("./commands/replay.ts")),
  bindCommand(versions.listVersionsSpec, async () => import("./commands/versions-list.ts")),
  bindCommand(versions.showVersionSpec, async () => import("./commands/versions-show.ts")),
  bindCommand(versions.diffVersionsSpec, async () => import("./commands/versions-diff.ts")),
  bindCommand(versions.rollbackSpec, async () => import("./commands/rollback.ts")),
  bindCommand(deadletters.listDeadLettersSpec, async () => import("./commands/deadletters-list.ts")),
  bindCommand(deadletters.redriveSpec, async () => import("./commands/deadletters-redrive.ts")),
  bindCommand(deadletters.dismissSpec, async () => import("./commands/deadletters-dismiss.ts")),
  bindCommand(alerts.listAlertsSpec, async () => import("./commands/alerts-list.ts")),
  bindCommand(alerts.addAlertSpec, async () => import("./commands/alerts-add.ts")),
  bindCommand(alerts.removeAlertSpec, async () => import("./commands/alerts-remove.ts")),
  bindCommand(alerts.testAlertSpec, async () => import("./commands/alerts-test.ts")),
  bindCommand(alerts.listDeliveriesSpec, async () => import("./commands/alerts-deliveries.ts")),
  bindCommand(alerts.redeliverSpec, async () => import("./commands/alerts-redeliver.ts")),
  bindCommand(triggers.listTriggersSpec, async () => import("./commands/triggers-list.ts")),
  bindCommand(triggers.showTriggerSpec, async () => import("./commands/triggers-show.ts")),
  bindCommand(triggers.pauseTriggerSpec, async () => import("./commands/triggers-pause.ts")),
  bindCommand(triggers.resumeTriggerSpec, async () => import("./commands/triggers-resume.ts")),
  bindCommand(triggers.testTriggerSpec, async () => import("./commands/triggers-test.ts")),
  bindCommand(triggers.deleteTriggerSpec, async () => import("./commands/triggers-delete.ts")),
  bindCommand(deliveries.rotateSecretSpec, async () => import("./commands/triggers-rotate-secret.ts")),
  bindCommand(triggers.listSchedulesSpec, async () => import("./commands/schedules-list.ts")),
  bindCommand(triggers.setScheduleSpec, async () => import("./commands/schedules-set.ts")),
  bindCommand(triggers.nextTimesSpec, async () => import("./commands/schedules-next.ts")),
  bindCommand(deliveries.listDeliveriesSpec, async () => import("./commands/deliveries-list.ts")),
  bindCommand(deliveries.showDeliverySpec, async () => import("./commands/deliveries-show.ts")),
  bindCommand(deliveries.redeliverSpec, async () => import("./commands/deliveries-redeliver.ts")),
  bindCommand(platform.doctorSpec, async () => import("./commands/doctor.ts")),
  bindCommand(platform.whoamiSpec, async () => import("./commands/whoami.ts")),
  bindCommand(platform.completionSpec, async () => import("./commands/completion.ts")),
];
