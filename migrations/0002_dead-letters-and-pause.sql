ALTER TABLE `runs` ADD `redriven_by` text;--> statement-breakpoint
ALTER TABLE `runs` ADD `dismissed_at` integer;--> statement-breakpoint
CREATE INDEX `runs_dead` ON `runs` (`workspace_id`,`id`) WHERE status = 'failed' AND redriven_by IS NULL AND dismissed_at IS NULL;--> statement-breakpoint
ALTER TABLE `workers` ADD `paused_at` integer;