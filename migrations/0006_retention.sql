ALTER TABLE `workspaces` ADD `retention_days` integer DEFAULT 90;--> statement-breakpoint
ALTER TABLE `uploads` ADD `used_at` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
UPDATE `uploads` SET `used_at` = `created_at`;--> statement-breakpoint
CREATE INDEX `uploads_by_use` ON `uploads` (`workspace_id`,`used_at`);--> statement-breakpoint
CREATE INDEX `approvals_by_run` ON `approvals` (`workspace_id`,`run_id`);--> statement-breakpoint
CREATE INDEX `versions_by_digest` ON `versions` (`digest`);