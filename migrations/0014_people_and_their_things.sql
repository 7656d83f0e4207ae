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
CREATE INDEX `invitations_by_email` ON `invitations` (`email`,`expires_at`);--> statement-breakpoint
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
CREATE TABLE `accounts` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`account_id` text NOT NULL,
	`provider_id` text NOT NULL,
	`access_token` text,
	`refresh_token` text,
	`id_token` text,
	`access_token_expires_at` integer,
	`refresh_token_expires_at` integer,
	`scope` text,
	`password` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `accounts_by_user` ON `accounts` (`user_id`);--> statement-breakpoint
CREATE INDEX `accounts_by_provider` ON `accounts` (`provider_id`,`account_id`);--> statement-breakpoint
CREATE TABLE `passkeys` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text,
	`public_key` text NOT NULL,
	`user_id` text NOT NULL,
	`credential_id` text NOT NULL,
	`counter` integer NOT NULL,
	`device_type` text NOT NULL,
	`backed_up` integer NOT NULL,
	`transports` text,
	`created_at` integer,
	`aaguid` text,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `passkeys_by_user` ON `passkeys` (`user_id`);--> statement-breakpoint
CREATE INDEX `passkeys_by_credential` ON `passkeys` (`credential_id`);--> statement-breakpoint
CREATE TABLE `sessions` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`token` text NOT NULL,
	`expires_at` integer NOT NULL,
	`ip_address` text,
	`user_agent` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `sessions_token_unique` ON `sessions` (`token`);--> statement-breakpoint
CREATE INDEX `sessions_by_user` ON `sessions` (`user_id`);--> statement-breakpoint
CREATE TABLE `sign_in_rates` (
	`id` text PRIMARY KEY NOT NULL,
	`key` text NOT NULL,
	`count` integer NOT NULL,
	`last_request` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `sign_in_rates_key_unique` ON `sign_in_rates` (`key`);--> statement-breakpoint
CREATE TABLE `users` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`email` text NOT NULL,
	`email_verified` integer DEFAULT false NOT NULL,
	`image` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `users_email_unique` ON `users` (`email`);--> statement-breakpoint
CREATE TABLE `verifications` (
	`id` text PRIMARY KEY NOT NULL,
	`identifier` text NOT NULL,
	`value` text NOT NULL,
	`expires_at` integer NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `verifications_by_identifier` ON `verifications` (`identifier`);--> statement-breakpoint
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
CREATE INDEX `audit_by_outcome` ON `audit_events` (`workspace_id`,`outcome`,`id`) WHERE outcome IN ('refused', 'failed');--> statement-breakpoint
CREATE TABLE `context_bundles` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`name` text NOT NULL,
	`kind` text NOT NULL,
	`description` text NOT NULL,
	`category` text,
	`visibility` text NOT NULL,
	`sensitive` integer NOT NULL,
	`writeable` integer NOT NULL,
	`owner_id` text NOT NULL,
	`version` integer NOT NULL,
	`digest` text,
	`file_count` integer NOT NULL,
	`total_bytes` integer NOT NULL,
	`last_change` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `contexts_by_name` ON `context_bundles` (`workspace_id`,`name`);--> statement-breakpoint
CREATE TABLE `context_files` (
	`context_id` text NOT NULL,
	`path` text NOT NULL,
	`since` integer NOT NULL,
	`until` integer,
	`sha256` text NOT NULL,
	`size` integer NOT NULL,
	`warned` integer NOT NULL,
	PRIMARY KEY(`context_id`, `path`, `since`)
);
--> statement-breakpoint
CREATE INDEX `context_files_by_end` ON `context_files` (`context_id`,`until`);--> statement-breakpoint
CREATE TABLE `context_versions` (
	`context_id` text NOT NULL,
	`number` integer NOT NULL,
	`digest` text NOT NULL,
	`file_count` integer NOT NULL,
	`total_bytes` integer NOT NULL,
	`message` text NOT NULL,
	`made_by` text NOT NULL,
	`run_id` text,
	`run_attempt` integer,
	`restored_from` integer,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`context_id`, `number`)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `context_versions_by_run` ON `context_versions` (`run_id`,`run_attempt`,`context_id`);--> statement-breakpoint
CREATE TABLE `rate_counters` (
	`key` text PRIMARY KEY NOT NULL,
	`until` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `rate_counters_by_time` ON `rate_counters` (`until`);--> statement-breakpoint
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
ALTER TABLE `tokens` ADD `user_id` text;--> statement-breakpoint
ALTER TABLE `tokens` ADD `service_account_id` text;--> statement-breakpoint
ALTER TABLE `tokens` ADD `created_by` text;--> statement-breakpoint
ALTER TABLE `tokens` ADD `last_used_at` integer;--> statement-breakpoint
ALTER TABLE `workers` ADD `visibility` text DEFAULT 'workspace' NOT NULL;--> statement-breakpoint
ALTER TABLE `workers` ADD `made_by` text;--> statement-breakpoint
CREATE INDEX `workers_private` ON `workers` (`workspace_id`) WHERE visibility = 'private';--> statement-breakpoint
ALTER TABLE `secrets` ADD `bound_to` text;