ALTER TABLE `workers` ADD `resumed_version` integer;--> statement-breakpoint
ALTER TABLE `uploads` ADD `aliases` text;