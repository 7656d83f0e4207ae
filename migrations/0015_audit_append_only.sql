-- The record of changes is appended to, whoever asks the database for what: no row of it is changed, and none goes that is
-- younger than a year, but with its whole workspace.
CREATE TRIGGER `audit_events_never_change` BEFORE UPDATE ON `audit_events`
BEGIN
  SELECT RAISE(ABORT, 'audit_events is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `audit_events_keep` BEFORE DELETE ON `audit_events`
WHEN OLD.at > (unixepoch() - 365 * 86400) * 1000
  AND NOT EXISTS (SELECT 1 FROM `workspaces` WHERE `id` = OLD.workspace_id AND `deleted_at` IS NOT NULL)
BEGIN
  SELECT RAISE(ABORT, 'audit_events keeps its rows for a year');
END;
--> statement-breakpoint
CREATE TRIGGER `audit_events_never_replace` BEFORE INSERT ON `audit_events`
WHEN EXISTS (SELECT 1 FROM `audit_events` WHERE `workspace_id` = NEW.workspace_id AND `id` = NEW.id)
BEGIN
  SELECT RAISE(IGNORE);
END;
