ALTER TABLE `triggers` ADD `made_by` text;--> statement-breakpoint
ALTER TABLE `triggers` ADD `changed_by` text;--> statement-breakpoint
ALTER TABLE `versions` ADD `pushed_by` text;--> statement-breakpoint
ALTER TABLE `workers` ADD `hook_token_box` text;