CREATE TABLE `rate_counters` (
	`key` text PRIMARY KEY NOT NULL,
	`until` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `rate_counters_by_time` ON `rate_counters` (`until`);