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
CREATE UNIQUE INDEX `context_versions_by_run` ON `context_versions` (`run_id`,`run_attempt`,`context_id`);