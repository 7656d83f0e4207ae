CREATE TABLE `access_tries` (
	`key` text PRIMARY KEY NOT NULL,
	`minute` integer NOT NULL,
	`count` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `access_tries_by_minute` ON `access_tries` (`minute`);--> statement-breakpoint
CREATE TABLE `device_logins` (
	`device_hash` text PRIMARY KEY NOT NULL,
	`user_code_hash` text NOT NULL,
	`client_name` text NOT NULL,
	`scopes` text NOT NULL,
	`address` text,
	`status` text NOT NULL,
	`interval_seconds` integer NOT NULL,
	`polled_at` integer,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`workspace_id` text,
	`user_id` text,
	`decided_by` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `device_logins_by_user_code` ON `device_logins` (`user_code_hash`);--> statement-breakpoint
CREATE INDEX `device_logins_by_expiry` ON `device_logins` (`expires_at`);--> statement-breakpoint
CREATE TABLE `service_accounts` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`name` text NOT NULL,
	`role` text NOT NULL,
	`created_at` integer NOT NULL,
	`created_by` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `service_accounts_by_name` ON `service_accounts` (`workspace_id`,`name`);--> statement-breakpoint
ALTER TABLE `tokens` ADD `service_account_id` text;--> statement-breakpoint
ALTER TABLE `tokens` ADD `created_by` text;--> statement-breakpoint
ALTER TABLE `tokens` ADD `last_used_at` integer;