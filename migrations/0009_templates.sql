CREATE TABLE `templates` (
	`workspace_id` text NOT NULL,
	`name` text NOT NULL,
	`spec` text NOT NULL,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`workspace_id`, `name`)
);
--> statement-breakpoint
ALTER TABLE `versions` ADD `template` text;