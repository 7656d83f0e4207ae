CREATE TABLE `spend` (
	`workspace_id` text NOT NULL,
	`day` integer NOT NULL,
	`worker_id` text NOT NULL,
	`user_id` text NOT NULL,
	`runs` integer NOT NULL,
	`sandbox_nano_usd` integer NOT NULL,
	`model_nano_usd` integer NOT NULL,
	PRIMARY KEY(`workspace_id`, `day`, `worker_id`, `user_id`)
) WITHOUT ROWID;
--> statement-breakpoint
ALTER TABLE `members` ADD `daily_spend_cap_usd` real;--> statement-breakpoint
ALTER TABLE `members` ADD `monthly_spend_cap_usd` real;--> statement-breakpoint
ALTER TABLE `workspaces` ADD `settings` text;--> statement-breakpoint
ALTER TABLE `runs` ADD `cost_nano_usd` integer DEFAULT 0 NOT NULL;