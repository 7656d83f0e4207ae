ALTER TABLE `audit_events` ADD `worker` text;--> statement-breakpoint
CREATE INDEX `audit_by_worker` ON `audit_events` (`workspace_id`,`worker`,`id`) WHERE worker IS NOT NULL;--> statement-breakpoint
CREATE INDEX `audit_requests` ON `audit_events` (`workspace_id`,`id`) WHERE worker IS NULL;