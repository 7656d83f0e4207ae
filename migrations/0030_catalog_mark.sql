ALTER TABLE `workspaces` ADD `catalog_mark` integer DEFAULT 0 NOT NULL;
--> statement-breakpoint
UPDATE `workspaces` SET `catalog_mark` = CAST(unixepoch('subsec') * 1000 AS INTEGER);
--> statement-breakpoint
-- One that takes the place of a workspace that was deleted is not taken for it.
CREATE TRIGGER `workspaces_added_mark` AFTER INSERT ON `workspaces`
BEGIN
  UPDATE `workspaces` SET `catalog_mark` = CAST(unixepoch('subsec') * 1000 AS INTEGER) WHERE `id` = NEW.id;
END;
--> statement-breakpoint
CREATE TRIGGER `workers_added_mark` AFTER INSERT ON `workers`
BEGIN
  UPDATE `workspaces` SET `catalog_mark` = max(`catalog_mark` + 1, CAST(unixepoch('subsec') * 1000 AS INTEGER)) WHERE `id` = NEW.workspace_id;
END;
--> statement-breakpoint
CREATE TRIGGER `workers_changed_mark` AFTER UPDATE ON `workers`
BEGIN
  UPDATE `workspaces` SET `catalog_mark` = max(`catalog_mark` + 1, CAST(unixepoch('subsec') * 1000 AS INTEGER)) WHERE `id` = NEW.workspace_id;
END;
--> statement-breakpoint
CREATE TRIGGER `workers_gone_mark` AFTER DELETE ON `workers`
BEGIN
  UPDATE `workspaces` SET `catalog_mark` = max(`catalog_mark` + 1, CAST(unixepoch('subsec') * 1000 AS INTEGER)) WHERE `id` = OLD.workspace_id;
END;
--> statement-breakpoint
CREATE TRIGGER `secrets_added_mark` AFTER INSERT ON `secrets`
BEGIN
  UPDATE `workspaces` SET `catalog_mark` = max(`catalog_mark` + 1, CAST(unixepoch('subsec') * 1000 AS INTEGER)) WHERE `id` = NEW.workspace_id;
END;
--> statement-breakpoint
CREATE TRIGGER `secrets_changed_mark` AFTER UPDATE OF `name`, `granted_to` ON `secrets`
BEGIN
  UPDATE `workspaces` SET `catalog_mark` = max(`catalog_mark` + 1, CAST(unixepoch('subsec') * 1000 AS INTEGER)) WHERE `id` = NEW.workspace_id;
END;
--> statement-breakpoint
CREATE TRIGGER `secrets_gone_mark` AFTER DELETE ON `secrets`
BEGIN
  UPDATE `workspaces` SET `catalog_mark` = max(`catalog_mark` + 1, CAST(unixepoch('subsec') * 1000 AS INTEGER)) WHERE `id` = OLD.workspace_id;
END;
--> statement-breakpoint
CREATE TRIGGER `contexts_added_mark` AFTER INSERT ON `context_bundles`
BEGIN
  UPDATE `workspaces` SET `catalog_mark` = max(`catalog_mark` + 1, CAST(unixepoch('subsec') * 1000 AS INTEGER)) WHERE `id` = NEW.workspace_id;
END;
--> statement-breakpoint
CREATE TRIGGER `contexts_changed_mark` AFTER UPDATE OF `name`, `visibility`, `description` ON `context_bundles`
BEGIN
  UPDATE `workspaces` SET `catalog_mark` = max(`catalog_mark` + 1, CAST(unixepoch('subsec') * 1000 AS INTEGER)) WHERE `id` = NEW.workspace_id;
END;
--> statement-breakpoint
CREATE TRIGGER `contexts_gone_mark` AFTER DELETE ON `context_bundles`
BEGIN
  UPDATE `workspaces` SET `catalog_mark` = max(`catalog_mark` + 1, CAST(unixepoch('subsec') * 1000 AS INTEGER)) WHERE `id` = OLD.workspace_id;
END;
