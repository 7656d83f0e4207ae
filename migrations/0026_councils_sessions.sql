CREATE TABLE `council_messages` (
	`run_id` text NOT NULL,
	`number` integer NOT NULL,
	`workspace_id` text NOT NULL,
	`message_key` text NOT NULL,
	`kind` text NOT NULL,
	`speaker` text NOT NULL,
	`message` text NOT NULL,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`run_id`, `number`)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `council_messages_by_key` ON `council_messages` (`run_id`,`message_key`);--> statement-breakpoint
CREATE INDEX `council_messages_by_workspace` ON `council_messages` (`workspace_id`);--> statement-breakpoint
CREATE TABLE `work_session_notes` (
	`session_id` text NOT NULL,
	`number` integer NOT NULL,
	`workspace_id` text NOT NULL,
	`note` text NOT NULL,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`session_id`, `number`)
);
--> statement-breakpoint
CREATE INDEX `work_session_notes_by_workspace` ON `work_session_notes` (`workspace_id`);--> statement-breakpoint
CREATE TABLE `work_session_runs` (
	`session_id` text NOT NULL,
	`run_id` text NOT NULL,
	`workspace_id` text NOT NULL,
	`added_by` text NOT NULL,
	`added_at` integer NOT NULL,
	PRIMARY KEY(`session_id`, `run_id`)
);
--> statement-breakpoint
CREATE INDEX `work_session_runs_by_run` ON `work_session_runs` (`run_id`);--> statement-breakpoint
CREATE INDEX `work_session_runs_by_workspace` ON `work_session_runs` (`workspace_id`);--> statement-breakpoint
CREATE TABLE `work_sessions` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`session_key` text,
	`name` text NOT NULL,
	`created_by` text NOT NULL,
	`lapse_seconds` integer NOT NULL,
	`started_at` integer NOT NULL,
	`last_seen_at` integer NOT NULL,
	`ended_at` integer,
	`end_message` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `work_sessions_by_key` ON `work_sessions` (`workspace_id`,`session_key`);--> statement-breakpoint
CREATE INDEX `work_sessions_by_workspace` ON `work_sessions` (`workspace_id`,`id`);