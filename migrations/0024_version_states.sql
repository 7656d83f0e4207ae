ALTER TABLE `versions` ADD `state` text DEFAULT 'active' NOT NULL;--> statement-breakpoint
ALTER TABLE `versions` ADD `signature` text DEFAULT 'older' NOT NULL;--> statement-breakpoint
ALTER TABLE `versions` ADD `decided_by` text;--> statement-breakpoint
ALTER TABLE `versions` ADD `decided_at` integer;--> statement-breakpoint
ALTER TABLE `versions` ADD `decision_reason` text;