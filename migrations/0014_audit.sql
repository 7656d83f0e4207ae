CREATE TABLE `audit_events` (
	`workspace_id` text NOT NULL,
	`id` text NOT NULL,
	`at` integer NOT NULL,
	`action` text NOT NULL,
	`outcome` text NOT NULL,
	`code` text,
	`actor_kind` text NOT NULL,
	`actor_id` text NOT NULL,
	`user_id` text,
	`resource_kind` text,
	`resource_id` text,
	`request_id` text NOT NULL,
	`address` text NOT NULL,
	`details` text NOT NULL,
	PRIMARY KEY(`workspace_id`, `id`)
);
--> statement-breakpoint
CREATE INDEX `audit_by_action` ON `audit_events` (`workspace_id`,`action`,`id`);--> statement-breakpoint
CREATE INDEX `audit_by_actor` ON `audit_events` (`workspace_id`,`actor_id`,`id`);--> statement-breakpoint
CREATE INDEX `audit_by_resource` ON `audit_events` (`workspace_id`,`resource_kind`,`resource_id`,`id`);--> statement-breakpoint
CREATE INDEX `audit_by_outcome` ON `audit_events` (`workspace_id`,`outcome`,`id`) WHERE outcome IN ('refused', 'failed');