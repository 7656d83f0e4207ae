CREATE TABLE `activations` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`workspace_id` text NOT NULL,
	`worker_id` text NOT NULL,
	`from_version` integer NOT NULL,
	`to_version` integer NOT NULL,
	`by_token` text NOT NULL,
	`at` integer NOT NULL,
	`forced` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `activations_by_worker` ON `activations` (`worker_id`,`id`);