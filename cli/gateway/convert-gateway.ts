import { convertCouncil } from "./convert-council.ts";
import { convertPipeline } from "./convert-pipeline.ts";
import type { KnownWorkers } from "./convert-pipeline.ts";
import { convertResources, keepCouncilTools, keepSession, keepWorkshop } from "./convert-platform.ts";
import { convertQuery } from "./convert-query.ts";
import { convertWorker } from "./convert-worker.ts";
import type { Converted, Tools } from "./convert-worker.ts";
import { EntryDraft } from "./report.ts";
import type { EntryKind, ImportEntry, WorkerFolder } from "./report.ts";
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
const KNOWN_TOOLS = ["workers", "pipelines", "queries", "workshop", "session", "council"];

/** Converts a gateway. Nothing is dropped in silence: what is not carried over stands in its entry with its line. Pure but for `files`. */
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

  constructor(source: YamlSource, files: Files) {
    this.#source = source;
    this.#files = files;
  }

  read(): Conversion {
    const { value } = this.#source;
    const tools = mapOf(value["tools"]);
    this.#readTop(value, tools);
    this.#each(tools, ["workers", "worker"], (entry, draft, config) => {
      const made = convertWorker(config, { entry, draft, tools: this.#files });
      const type = textOf(config.value["name"]);
      if (type !== undefined && made.entry.worker !== null)
        this.#byType.set(type, { worker: made.entry.worker, schema: config.value["input_schema"] });
      return made;
    });
    const known: KnownWorkers = {
      workerOf: (type) => this.#byType.get(type)?.worker,
      schemaOf: (type) => this.#byType.get(type)?.schema,
    };
    this.#each(tools, ["pipelines", "pipeline"], (entry, draft, config) =>
      convertPipeline(config, { entry, draft, known }),
    );
    listOf(tools["queries"]).forEach((one, index) => {
      const at = ["tools", "queries", index];
      const draft = this.#draft(at, "query", textOf(mapOf(one)["name_prefix"]) ?? "");
      this.#take(draft, convertQuery(this.#source, { entry: mapOf(one), at, draft }));
    });
    this.#readPlatform(tools, known);
    const { resources } = value;
    if (resources !== undefined && resources !== null) {
      this.#entries.push(
        convertResources(this.#source, this.#draft(["resources"], "resources", "resources"), resources),
      );
    }
    return { name: textOf(value["name"]) ?? "gateway", entries: this.#entries, folders: this.#folders };
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
    [key, kind]: readonly ["workers", "worker"] | readonly ["pipelines", "pipeline"],
    convert: (entry: YamlMap, draft: EntryDraft, config: YamlSource) => Converted,
  ): void {
    listOf(tools[key]).forEach((one, index) => {
      const entry = mapOf(one);
      const path = textOf(entry["config"]);
      const at = ["tools", key, index];
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
