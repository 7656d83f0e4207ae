import { enabledOf } from "./convert-worker.ts";
import type { EntryDraft, ImportEntry } from "./report.ts";
import { mapOf, textOf, textsOf } from "./yaml-source.ts";
import type { Yaml, YamlSource } from "./yaml-source.ts";

/** Tools of the platform that do what the gateway's did, by its groups and their tools. */
const WORKSHOP: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  worker: {
    "workshop.worker.list": "worker_list",
    "workshop.worker.get": "worker_get",
    "workshop.worker.update": "worker_deploy",
  },
  test: { "workshop.worker.test": "run_start" },
  eval: { "workshop.eval.run": "start_evaluation", "workshop.eval.compare": "compare_evaluations" },
  impact: { "workshop.impact.analyze": "analyze_impact" },
  deadletter: {
    "workshop.deadletter.list": "list_dead_letters",
    "workshop.deadletter.replay": "redrive_dead_letters",
  },
};
const WORKSHOP_DEFAULT = ["worker", "test", "eval", "impact"];
const SESSION: Readonly<Record<string, string>> = {
  start: "session_start",
  end: "session_end",
  status: "session_status",
  sync_check: "session_sync_check",
  sync: "session_sync",
};
const COUNCIL: Readonly<Record<string, string>> = {
  start: "run_start",
  status: "council_status",
  transcript: "council_status",
  intervene: "council_intervene",
  stop: "council_stop",
};

/** The groups of the workshop: the platform has its tools by itself. */
export function keepWorkshop(source: YamlSource, draft: EntryDraft, value: Yaml): ImportEntry {
  const at = ["tools", "workshop"];
  draft.leaveUnknown(source, { at, value, known: ["configs_dir", "apps_dir", "enable"] });
  for (const key of ["configs_dir", "apps_dir"]) {
    if (mapOf(value)[key] !== undefined) {
      draft.leave(
        source,
        [...at, key],
        "Workers are in the workspace and no folder; floom workers pull brings one.",
      );
    }
  }
  const groups = enabledOf(value, WORKSHOP_DEFAULT);
  groups.forEach((group, index) => {
    if (WORKSHOP[group] === undefined) {
      draft.leave(
        source,
        [...at, "enable", index],
        `Nobody knows the group ${group}; there are ${Object.keys(WORKSHOP).join(", ")}.`,
      );
    }
  });
  const tools = groups.flatMap((group) => Object.entries(WORKSHOP[group] ?? {}));
  return draft.keep(tools.map(([was, is]) => ({ was, is })));
}

/** Sessions are records of the workspace here: no folder, no bus and no model server belongs to them. */
export function keepSession(source: YamlSource, draft: EntryDraft, value: Yaml): ImportEntry {
  const at = ["tools", "session"];
  for (const key of Object.keys(mapOf(value))) {
    if (key !== "enable") {
      draft.leave(
        source,
        [...at, key],
        "A session is a record of the workspace: it has no folder, no database and no server of its own.",
      );
    }
  }
  draft.next.push("An end of a session commits and pushes nothing; floom session sync asks a person first.");
  return keepActions(source, { draft, value, at, names: SESSION, prefix: "session" });
}

/** The tools of councils; the councils themselves are entries of their own. */
export function keepCouncilTools(source: YamlSource, draft: EntryDraft, value: Yaml): ImportEntry {
  const at = ["tools", "council"];
  draft.leaveUnknown(source, { at, value, known: ["configs_dir", "enable"] });
  return keepActions(source, { draft, value, at, names: COUNCIL, prefix: "council" });
}

function keepActions(
  source: YamlSource,
  of: {
    draft: EntryDraft;
    value: Yaml;
    at: string[];
    names: Readonly<Record<string, string>>;
    prefix: string;
  },
): ImportEntry {
  const { draft, value, at, names, prefix } = of;
  const actions = enabledOf(value, Object.keys(names));
  actions.forEach((action, index) => {
    if (names[action] === undefined) {
      draft.leave(
        source,
        [...at, "enable", index],
        `Nobody knows the action ${action}; there are ${Object.keys(names).join(", ")}.`,
      );
    }
  });
  return draft.keep(
    actions.flatMap((action) => {
      const is = names[action];
      return is === undefined ? [] : [{ was: `${prefix}.${action}`, is }];
    }),
  );
}

/** A folder of files that clients could read becomes a context, whose files are resources of the connection. */
export function convertResources(source: YamlSource, draft: EntryDraft, value: Yaml): ImportEntry {
  const at = ["resources"];
  const folder = textOf(mapOf(value)["workspace_dir"]);
  if (folder === undefined) return draft.refuse("It has no workspace_dir.");
  draft.leaveUnknown(source, { at, value, known: ["workspace_dir", "patterns"] });
  const patterns = textsOf(mapOf(value)["patterns"]);
  if (patterns.length > 0) {
    draft.leave(
      source,
      [...at, "patterns"],
      `Put only those files into the folder that you push (${patterns.join(", ")}); there, a file outside of them could be read all the same.`,
    );
  }
  draft.next.push(`floom contexts push ${folder} --name gateway-files`);
  return draft.convert(null, []);
}
