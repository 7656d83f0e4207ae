import { convertCouncil } from "./convert-council.ts";
import { convertOrchestrator, isOrchestrator } from "./convert-orchestrator.ts";
import { convertPipeline } from "./convert-pipeline.ts";
import type { KnownWorkers } from "./convert-pipeline.ts";
import { convertResources, keepCouncilTools, keepSession, keepWorkshop } from "./convert-platform.ts";
import { convertQuery } from "./convert-query.ts";
import { convertWorker } from "./convert-worker.ts";
import type { Converted, Tools } from "./convert-worker.ts";
import { EntryDraft } from "./report.ts";
import type { EntryKind, ImportEntry, WorkerFolder } from "./report.ts";
import { convertSchedules, withTriggers } from "./schedules.ts";
import type { MadeTrigger } from "./schedules.ts";
import { isMap, listOf, mapOf, textOf } from "./yaml-source.ts";
import type { Yaml, YamlMap, YamlPath, YamlSource } from "./yaml-source.ts";

/** What the conversion reads besides the gateway's own file. */
export interface Files extends Tools {
  /** A configuration by the path that the gateway names; a text says why it cannot be had. */
  readConfig: (path: string) => YamlSource | string;
  /** The councils' configurations in a folder. */
  listConfigs: (folder: string) => YamlSource[];
}

/** What a gateway becomes: each entry with what became of it, and the folders to push, those that others call first. */
export interface Conversion {
  name: string;
  entries: ImportEntry[];
  folders: WorkerFolder[];
}

const KNOWN = ["name", "description", "nats_url", "tools", "resources"];
const KNOWN_OF_APP = [
  "name",
  "version",
  "description",
  "heddle_version",
  "required_extras",
  "python_package",
  "entry_configs",
  "scripts",
];
const KNOWN_CONFIGS = ["workers", "pipelines", "schedulers", "mcp"];
const LEFT_OF_APP: Readonly<Record<string, string>> = {
  heddle_version: "It was never compared with anything.",
  required_extras: "What a worker needs it says in its own requirements.txt.",
  python_package: "No code of the app is run here; push it as typed functions.",
  scripts: "No code of the app is run here.",
};
const KNOWN_TOOLS = ["workers", "pipelines", "queries", "workshop", "session", "council"];

/** Paths, as a list of them or of mappings with config, or one alone. */
const pathsOf = (value: Yaml): string[] =>
  (Array.isArray(value) ? value : [value]).flatMap(
    (one) => textOf(one) ?? textOf(mapOf(one)["config"]) ?? [],
  );

/** Converts a gateway, or the manifest of an app. Nothing is dropped in silence: what is not carried over stands in its entry with its line. Pure but for `files`. */
export function convertGateway(source: YamlSource, files: Files): Conversion {
  return new GatewayReading(source, files).read();
}

class GatewayReading {
  readonly #source: YamlSource;
  readonly #files: Files;
  readonly #entries: ImportEntry[] = [];
  readonly #folders: WorkerFolder[] = [];
  /** Workers by the name that their own file has, which stages and councils call. */
  readonly #byType = new Map<string, { worker: string; schema: Yaml }>();

  readonly #known: KnownWorkers = {
    workerOf: (type) => this.#byType.get(type)?.worker,
    schemaOf: (type) => this.#byType.get(type)?.schema,
  };
  /** What goals may start. */
  readonly #pipelines: string[] = [];
  readonly #triggers: MadeTrigger[] = [];

  constructor(source: YamlSource, files: Files) {
    this.#source = source;
    this.#files = files;
  }

  read(): Conversion {
    const { value } = this.#source;
    const tools = mapOf(value["tools"]);
    if (isMap(value["entry_configs"])) return this.#readApp(value, value["entry_configs"]);
    this.#readTop(value, tools);
    this.#readEntries(tools, ["tools"]);
    listOf(tools["queries"]).forEach((one, index) => {
      const at = ["tools", "queries", index];
      const draft = this.#draft(at, "query", textOf(mapOf(one)["name_prefix"]) ?? "");
      this.#take(draft, convertQuery(this.#source, { entry: mapOf(one), at, draft, files: this.#files }));
    });
    this.#readPlatform(tools, this.#known);
    const { resources } = value;
    if (resources !== undefined && resources !== null) {
      this.#entries.push(
        convertResources(this.#source, this.#draft(["resources"], "resources", "resources"), resources),
      );
    }
    return this.#end(textOf(value["name"]) ?? "gateway");
  }

  /** An app's manifest lists configurations as a gateway does, and the schedules that start them. */
  #readApp(value: YamlMap, configs: YamlMap): Conversion {
    const draft = this.#draft([], "app", textOf(value["name"]) ?? "");
    draft.leaveUnknown(this.#source, { at: [], value, known: KNOWN_OF_APP });
    draft.leaveUnknown(this.#source, { at: ["entry_configs"], value: configs, known: KNOWN_CONFIGS });
    for (const [key, reason] of Object.entries(LEFT_OF_APP))
      if (value[key] !== undefined) draft.leave(this.#source, [key], reason);
    for (const path of pathsOf(configs["mcp"])) draft.next.push(`floom gateway import ${path}`);
    this.#entries.push(draft.keep());
    this.#readEntries(configs, ["entry_configs"]);
    pathsOf(configs["schedulers"]).forEach((path, index) => this.#readSchedules(path, index));
    return this.#end(textOf(value["name"]) ?? "app");
  }

  #readSchedules(path: string, index: number): void {
    const draft = this.#draft(["entry_configs", "schedulers", index], "schedules", path);
    const config = this.#files.readConfig(path);
    const fault = typeof config === "string" ? config : config.fault?.message;
    if (typeof config === "string" || fault !== undefined) {
      this.#entries.push(draft.refuse(fault ?? ""));
      return;
    }
    const targets = { workerOf: this.#known.workerOf, pipelines: this.#pipelines };
    const { entry, triggers } = convertSchedules(config, { draft, targets });
    this.#entries.push(entry);
    this.#triggers.push(...triggers);
  }

  #end(name: string): Conversion {
    const folders = this.#folders.map((folder) =>
      withTriggers(
        folder,
        this.#triggers.flatMap(({ worker, trigger }) => (worker === folder.worker ? [trigger] : [])),
      ),
    );
    return { name, entries: this.#entries, folders };
  }

  #readEntries(tools: YamlMap, at: YamlPath): void {
    this.#each(tools, ["workers", "worker", at], (entry, draft, config) => {
      const made = convertWorker(config, { entry, draft, tools: this.#files });
      const type = textOf(config.value["name"]);
      if (type !== undefined && made.entry.worker !== null)
        this.#byType.set(type, { worker: made.entry.worker, schema: config.value["input_schema"] });
      return made;
    });
    this.#each(tools, ["pipelines", "pipeline", at], (entry, draft, config) => {
      const of = { entry, draft, known: this.#known };
      const made = isOrchestrator(config)
        ? convertOrchestrator(config, { ...of, models: this.#files.models })
        : convertPipeline(config, of);
      if (made.entry.worker !== null) this.#pipelines.push(made.entry.worker);
      return made;
    });
  }

  #draft(at: YamlPath, kind: EntryKind, name: string): EntryDraft {
    const path = at.reduce<string>(
      (all, step) => (typeof step === "number" ? `${all}[${step}]` : all === "" ? step : `${all}.${step}`),
      "",
    );
    return new EntryDraft({ path, kind, name, file: this.#source.file, line: this.#source.lineOf(at) });
  }

  #readTop(value: YamlMap, tools: YamlMap): void {
    const draft = this.#draft([], "gateway", textOf(value["name"]) ?? "");
    draft.leaveUnknown(this.#source, { at: [], value, known: KNOWN });
    draft.leaveUnknown(this.#source, { at: ["tools"], value: tools, known: KNOWN_TOOLS });
    if (value["nats_url"] !== undefined)
      draft.leave(this.#source, ["nats_url"], "There is no bus: a call is a run.");
    if (value["description"] !== undefined) {
      draft.leave(
        this.#source,
        ["description"],
        "All tools of the workspace are on one connection, which has words of its own.",
      );
    }
    this.#entries.push(
      textOf(value["name"]) === undefined ? draft.refuse("The gateway has no name.") : draft.keep(),
    );
  }

  /** Entries that name a file. */
  #each(
    tools: YamlMap,
    [key, kind, above]:
      readonly ["workers", "worker", YamlPath] | readonly ["pipelines", "pipeline", YamlPath],
    convert: (entry: YamlMap, draft: EntryDraft, config: YamlSource) => Converted,
  ): void {
    listOf(tools[key]).forEach((one, index) => {
      const entry = typeof one === "string" ? { config: one } : mapOf(one);
      const path = textOf(entry["config"]);
      const at = [...above, key, index];
      const draft = this.#draft(at, kind, textOf(entry["name"]) ?? path ?? "");
      draft.leaveUnknown(this.#source, {
        at,
        value: entry,
        known: ["config", "name", "description", "tier"],
      });
      const config = path === undefined ? "It names no config." : this.#files.readConfig(path);
      if (typeof config === "string") {
        this.#entries.push(draft.refuse(config));
        return;
      }
      if (config.fault !== null) {
        this.#entries.push(
          draft.refuse(`${config.file}, line ${config.fault.line}: ${config.fault.message}`),
        );
        return;
      }
      this.#take(draft, convert(entry, draft, config));
    });
  }

  #readPlatform(tools: YamlMap, known: KnownWorkers): void {
    const { workshop, session, council } = tools;
    if (workshop !== undefined) {
      this.#entries.push(
        keepWorkshop(this.#source, this.#draft(["tools", "workshop"], "workshop", "workshop"), workshop),
      );
    }
    if (session !== undefined) {
      this.#entries.push(
        keepSession(this.#source, this.#draft(["tools", "session"], "session", "session"), session),
      );
    }
    if (council === undefined) return;
    this.#entries.push(
      keepCouncilTools(this.#source, this.#draft(["tools", "council"], "council", "council"), council),
    );
    const folder = isMap(council)
      ? (textOf(council["configs_dir"]) ?? "configs/councils")
      : "configs/councils";
    for (const config of this.#files.listConfigs(folder)) {
      const name = textOf(config.value["name"]) ?? config.file;
      const draft = new EntryDraft({
        path: "tools.council",
        kind: "council",
        name,
        file: config.file,
        line: 1,
      });
      if (config.fault !== null)
        this.#entries.push(draft.refuse(`Line ${config.fault.line}: ${config.fault.message}`));
      else this.#take(draft, convertCouncil(config, { draft, tools: this.#files, known }));
    }
  }

  /** Of two that would be called the same the second is refused: the gateway let it take the place of the first. */
  #take(draft: EntryDraft, { entry, folders }: Converted): void {
    const names = new Set(this.#folders.map(({ worker }) => worker));
    const taken = folders.find(({ worker }) => names.has(worker));
    const tools = new Set(this.#entries.flatMap((one) => one.tools.map(({ is }) => is)));
    const clash = entry.tools.find(({ is }) => tools.has(is));
    if (taken !== undefined || clash !== undefined) {
      const what = taken === undefined ? `Its tool ${clash?.was ?? ""}` : `The worker ${taken.worker}`;
      this.#entries.push(
        draft.refuse(`${what} would be called as an earlier entry is; give it another name.`),
      );
      return;
    }
    this.#entries.push(entry);
    this.#folders.push(...folders);
  }
}
