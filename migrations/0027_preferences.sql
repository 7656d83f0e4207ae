CREATE TABLE `preferences` (
	`workspace_id` text NOT NULL,
	`actor` text NOT NULL,
	`document` text NOT NULL,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`workspace_id`, `actor`)
);
--> statement-breakpoint
CREATE INDEX `approvals_by_worker` ON `approvals` (`workspace_id`,`worker_name`,`id`) WHERE kind = 'approval';--> statement-breakpoint
CREATE INDEX `versions_waiting` ON `versions` (`workspace_id`,`id`) WHERE state = 'quarantined';