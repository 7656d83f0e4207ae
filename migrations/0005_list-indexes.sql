DROP INDEX `alerts_by_worker`;--> statement-breakpoint
CREATE INDEX `alerts_by_worker` ON `alerts` (`worker_id`,`id`);--> statement-breakpoint
ALTER TABLE `approvals` ADD `kind` text GENERATED ALWAYS AS (json_extract(request, '$.kind')) VIRTUAL;--> statement-breakpoint
ALTER TABLE `approvals` ADD `key` text GENERATED ALWAYS AS (json_extract(request, '$.key')) VIRTUAL;--> statement-breakpoint
CREATE INDEX `approvals_by_kind` ON `approvals` (`workspace_id`,`kind`,`id`);--> statement-breakpoint
CREATE INDEX `approvals_by_status` ON `approvals` (`workspace_id`,`kind`,`status`,`id`);--> statement-breakpoint
CREATE INDEX `approvals_awaiting` ON `approvals` (`workspace_id`,`worker_name`,`key`,`id`) WHERE status = 'pending' AND kind = 'await_external';--> statement-breakpoint
CREATE INDEX `runs_by_status` ON `runs` (`workspace_id`,`status`,`id`) WHERE status IN ('queued', 'pending_approval', 'failed', 'cancelled');--> statement-breakpoint
CREATE INDEX `triggers_by_workspace` ON `triggers` (`workspace_id`,`worker_name`,`name`);