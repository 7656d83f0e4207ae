CREATE TABLE `evaluation_baselines` (
	`worker_id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`evaluation_id` text NOT NULL,
	`set_by` text,
	`set_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `evaluation_baselines_by_workspace` ON `evaluation_baselines` (`workspace_id`);--> statement-breakpoint
CREATE TABLE `evaluation_cases` (
	`evaluation_id` text NOT NULL,
	`workspace_id` text NOT NULL,
	`worker_id` text NOT NULL,
	`position` integer NOT NULL,
	`result` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `evaluation_cases_by_place` ON `evaluation_cases` (`evaluation_id`,`position`);--> statement-breakpoint
CREATE INDEX `evaluation_cases_by_worker` ON `evaluation_cases` (`worker_id`);--> statement-breakpoint
CREATE INDEX `evaluation_cases_by_workspace` ON `evaluation_cases` (`workspace_id`);--> statement-breakpoint
CREATE TABLE `evaluations` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`worker_id` text NOT NULL,
	`version` integer NOT NULL,
	`key` text NOT NULL,
	`whole` integer NOT NULL,
	`status` text NOT NULL,
	`verdict` text,
	`runs` integer NOT NULL,
	`cost_usd` real NOT NULL,
	`result` text,
	`requested_by` text,
	`created_at` integer NOT NULL,
	`ended_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `evaluations_by_key` ON `evaluations` (`worker_id`,`key`);--> statement-breakpoint
CREATE INDEX `evaluations_by_worker` ON `evaluations` (`worker_id`,`id`);--> statement-breakpoint
CREATE INDEX `evaluations_by_workspace` ON `evaluations` (`workspace_id`);