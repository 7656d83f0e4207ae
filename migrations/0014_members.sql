CREATE TABLE `invitations` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`email` text NOT NULL,
	`role` text NOT NULL,
	`hash` text NOT NULL,
	`invited_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`accepted_at` integer,
	`accepted_by` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `invitations_by_hash` ON `invitations` (`hash`);--> statement-breakpoint
CREATE INDEX `invitations_by_workspace` ON `invitations` (`workspace_id`,`id`);--> statement-breakpoint
CREATE TABLE `members` (
	`workspace_id` text NOT NULL,
	`user_id` text NOT NULL,
	`role` text NOT NULL,
	`email` text NOT NULL,
	`name` text,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`workspace_id`, `user_id`)
);
--> statement-breakpoint
CREATE INDEX `members_by_user` ON `members` (`user_id`,`created_at`);--> statement-breakpoint
CREATE TABLE `worker_grants` (
	`workspace_id` text NOT NULL,
	`worker_id` text NOT NULL,
	`user_id` text NOT NULL,
	`kind` text NOT NULL,
	`granted_by` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`worker_id`, `user_id`, `kind`)
);
--> statement-breakpoint
CREATE INDEX `worker_grants_by_user` ON `worker_grants` (`workspace_id`,`user_id`);--> statement-breakpoint
ALTER TABLE `tokens` ADD `user_id` text;--> statement-breakpoint
ALTER TABLE `workers` ADD `visibility` text DEFAULT 'workspace' NOT NULL;--> statement-breakpoint
ALTER TABLE `workers` ADD `made_by` text;--> statement-breakpoint
CREATE INDEX `workers_private` ON `workers` (`workspace_id`) WHERE visibility = 'private';