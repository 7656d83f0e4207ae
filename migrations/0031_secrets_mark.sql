-- Whatever changes of a secret moves the mark, so that a list of secrets holds for as long as it stands. A last use is noted
-- once an hour for each secret.
DROP TRIGGER `secrets_changed_mark`;
--> statement-breakpoint
CREATE TRIGGER `secrets_changed_mark` AFTER UPDATE ON `secrets`
BEGIN
  UPDATE `workspaces` SET `catalog_mark` = max(`catalog_mark` + 1, CAST(unixepoch('subsec') * 1000 AS INTEGER)) WHERE `id` = NEW.workspace_id;
END;
