CREATE TABLE `start_counts` (
	`workspace_id` text PRIMARY KEY NOT NULL,
	`day` integer NOT NULL,
	`starts` integer NOT NULL
);
