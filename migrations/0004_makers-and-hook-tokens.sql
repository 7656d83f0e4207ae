ALTER TABLE `triggers` ADD `made_by` text;--> statement-breakpoint
ALTER TABLE `triggers` ADD `changed_by` text;--> statement-breakpoint
ALTER TABLE `versions` ADD `pushed_by` text;--> statement-breakpoint
ALTER TABLE `workers` ADD `hook_token_box` text;--> statement-breakpoint
-- Five minutes was what nobody had chosen. Where nothing is said it depends on what the sender signs.
UPDATE `triggers` SET `spec` = json_remove(`spec`, '$.same_body_seconds') WHERE `type` = 'webhook' AND json_extract(`spec`, '$.same_body_seconds') = 300;
