ALTER TABLE `workspaces` ADD `deleted_at` integer;--> statement-breakpoint
CREATE INDEX `tokens_by_workspace` ON `tokens` (`workspace_id`);--> statement-breakpoint
CREATE INDEX `runs_dead_by_code` ON `runs` (`workspace_id`,`error_code`,`id`) WHERE status = 'failed' AND redriven_by IS NULL AND dismissed_at IS NULL;