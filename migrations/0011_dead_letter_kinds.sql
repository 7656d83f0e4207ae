DROP INDEX `runs_dead`;--> statement-breakpoint
ALTER TABLE `runs` ADD `error_kind` text;--> statement-breakpoint
CREATE INDEX `runs_dead_by_worker` ON `runs` (`workspace_id`,`worker_name`,`error_kind`,`id`) WHERE status = 'failed' AND redriven_by IS NULL AND dismissed_at IS NULL;--> statement-breakpoint
CREATE INDEX `runs_dead` ON `runs` (`workspace_id`,`error_kind`,`id`) WHERE status = 'failed' AND redriven_by IS NULL AND dismissed_at IS NULL;