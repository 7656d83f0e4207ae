CREATE TABLE `event_subscriptions` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`worker_id` text NOT NULL,
	`principal_id` text NOT NULL,
	`event` text NOT NULL,
	`url` text NOT NULL,
	`secret_box` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `event_subscriptions_by_worker` ON `event_subscriptions` (`worker_id`,`id`);--> statement-breakpoint
CREATE INDEX `event_subscriptions_by_workspace` ON `event_subscriptions` (`workspace_id`,`expires_at`);--> statement-breakpoint
CREATE TABLE `worker_watches` (
	`workspace_id` text NOT NULL,
	`worker_id` text NOT NULL,
	`actions` text NOT NULL,
	`restraint` text,
	`kind` text,
	`reason` text,
	`since` integer,
	PRIMARY KEY(`workspace_id`, `worker_id`)
);
--> statement-breakpoint
CREATE TABLE `learnings` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`worker_id` text NOT NULL,
	`run_id` text NOT NULL,
	`call_key` text NOT NULL,
	`learning` text NOT NULL,
	`source` text,
	`state` text NOT NULL,
	`why_waiting` text,
	`created_at` integer NOT NULL,
	`decided_by` text,
	`decided_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `learnings_by_call` ON `learnings` (`call_key`);--> statement-breakpoint
CREATE INDEX `learnings_by_worker` ON `learnings` (`worker_id`,`id`);--> statement-breakpoint
CREATE INDEX `learnings_by_workspace` ON `learnings` (`workspace_id`);--> statement-breakpoint
CREATE TABLE `worker_feedback` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`worker_id` text NOT NULL,
	`text` text NOT NULL,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`resolved_by` text,
	`resolved_at` integer
);
--> statement-breakpoint
CREATE INDEX `worker_feedback_by_worker` ON `worker_feedback` (`worker_id`,`id`);--> statement-breakpoint
CREATE INDEX `worker_feedback_by_workspace` ON `worker_feedback` (`workspace_id`);