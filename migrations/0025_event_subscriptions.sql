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
CREATE INDEX `event_subscriptions_by_workspace` ON `event_subscriptions` (`workspace_id`,`expires_at`);