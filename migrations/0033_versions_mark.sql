-- What changes of a version is on lists of workers, which hold for as long as the mark stands. One that is added is on none before it
-- is active, and that moves the mark with its worker's row.
CREATE TRIGGER `versions_changed_mark` AFTER UPDATE ON `versions`
BEGIN
  UPDATE `workspaces` SET `catalog_mark` = max(`catalog_mark` + 1, CAST(unixepoch('subsec') * 1000 AS INTEGER)) WHERE `id` = NEW.workspace_id;
END;
