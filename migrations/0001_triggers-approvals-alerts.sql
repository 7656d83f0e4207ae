CREATE TABLE `alerts` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`worker_id` text NOT NULL,
	`url` text,
	`email_to` text NOT NULL,
	`events` text NOT NULL,
	`description` text NOT NULL,
	`secret_box` text,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `alerts_by_worker` ON `alerts` (`workspace_id`,`worker_id`);--> statement-breakpoint
CREATE TABLE `approvals` (
	`workspace_id` text NOT NULL,
	`id` text NOT NULL,
	`run_id` text NOT NULL,
	`worker_name` text NOT NULL,
	`status` text NOT NULL,
	`label` text NOT NULL,
	`request` text NOT NULL,
	`decision` text,
	`follow_up_run_id` text,
	`created_at` integer NOT NULL,
	`decided_at` integer,
	`expires_at` integer NOT NULL,
	PRIMARY KEY(`workspace_id`, `id`)
);
--> statement-breakpoint
CREATE TABLE `triggers` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`worker_id` text NOT NULL,
	`worker_name` text NOT NULL,
	`name` text NOT NULL,
	`type` text NOT NULL,
	`origin` text NOT NULL,
	`spec` text NOT NULL,
	`paused` integer NOT NULL,
	`pinned_version` integer,
	`secret_box` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `triggers_by_worker` ON `triggers` (`worker_id`,`name`);