ALTER TABLE `workspaces` ADD `deleted_at` integer;--> statement-breakpoint
CREATE INDEX `tokens_by_workspace` ON `tokens` (`workspace_id`);