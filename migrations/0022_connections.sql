CREATE TABLE `connections` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`user_id` text,
	`name` text NOT NULL,
	`kind` text NOT NULL,
	`display_name` text NOT NULL,
	`settings` text NOT NULL,
	`status` text NOT NULL,
	`status_reason` text,
	`account_label` text,
	`changed_tools` integer NOT NULL,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`last_used_at` integer,
	`last_used_by` text,
	`last_checked_at` integer,
	`last_check_status` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `connections_name` ON `connections` (`workspace_id`,`name`);