CREATE TABLE `worker_watches` (
	`workspace_id` text NOT NULL,
	`worker_id` text NOT NULL,
	`actions` text NOT NULL,
	`restraint` text,
	`kind` text,
	`reason` text,
	`since` integer,
	PRIMARY KEY(`workspace_id`, `worker_id`)
);
