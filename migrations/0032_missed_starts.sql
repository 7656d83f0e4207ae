CREATE TABLE `missed_starts` (
	`workspace_id` text NOT NULL,
	`id` text NOT NULL,
	`worker_id` text NOT NULL,
	`worker_name` text NOT NULL,
	`trigger_id` text NOT NULL,
	`name` text NOT NULL,
	`due_at` integer NOT NULL,
	`noted_at` integer NOT NULL,
	`code` text NOT NULL,
	`reason` text NOT NULL,
	PRIMARY KEY(`workspace_id`, `id`)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `missed_starts_once` ON `missed_starts` (`worker_id`,`trigger_id`,`due_at`);--> statement-breakpoint
CREATE INDEX `missed_starts_by_worker` ON `missed_starts` (`workspace_id`,`worker_name`,`id`);