CREATE TABLE `app_entries` (
	`hash` text PRIMARY KEY NOT NULL,
	`worker_id` text NOT NULL,
	`email` text NOT NULL,
	`expires_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `app_entries_by_worker` ON `app_entries` (`worker_id`);--> statement-breakpoint
CREATE INDEX `app_entries_by_expiry` ON `app_entries` (`expires_at`);--> statement-breakpoint
CREATE TABLE `apps` (
	`worker_id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`slug` text NOT NULL,
	`state` text NOT NULL,
	`password_hash` text,
	`settings` text NOT NULL,
	`expires_at` integer,
	`run_cap` integer,
	`run_count` integer NOT NULL,
	`runs_per_hour` integer NOT NULL,
	`visitor_runs_per_hour` integer NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `apps_by_slug` ON `apps` (`slug`);--> statement-breakpoint
CREATE INDEX `apps_by_workspace` ON `apps` (`workspace_id`);--> statement-breakpoint
CREATE TABLE `shares` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`kind` text NOT NULL,
	`hash` text NOT NULL,
	`name` text,
	`worker_id` text,
	`run_id` text,
	`artifact_id` text,
	`context_id` text,
	`path` text,
	`actions` text,
	`allow_copy` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`run_cap` integer,
	`run_count` integer NOT NULL,
	`runs_per_hour` integer NOT NULL,
	`visitor_runs_per_hour` integer NOT NULL,
	`created_at` integer NOT NULL,
	`created_by` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `shares_by_hash` ON `shares` (`hash`);--> statement-breakpoint
CREATE INDEX `shares_by_workspace` ON `shares` (`workspace_id`,`id`);--> statement-breakpoint
CREATE INDEX `shares_by_worker` ON `shares` (`worker_id`);--> statement-breakpoint
CREATE INDEX `shares_by_run` ON `shares` (`run_id`);--> statement-breakpoint
CREATE TABLE `visitor_runs` (
	`run_id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`door` text NOT NULL,
	`visitor` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `visitor_runs_by_workspace` ON `visitor_runs` (`workspace_id`);