import type { LiveText } from "#contract/agents/live-text";
import type { JournalEntry } from "#contract/runner/runner";
import type { RunEvent } from "#contract/runs/run-event";
import { PIECE, withoutLines } from "../../platform/redaction/build-needles.ts";
import { Masker } from "../../platform/redaction/masker.ts";
import { SecretBytes } from "../../platform/redaction/secret-scan.ts";
import type { SecretScan } from "../../platform/redaction/secret-scan.ts";
import { maskEntries, PIECES } from "./mask-entries.ts";
import type { StreamTails } from "./mask-entries.ts";
import type { MaskWant } from "../spec/mask-want.ts";
import type { RunSpec } from "../spec/run-spec.ts";

type LoadValues = (workspaceId: string, want: MaskWant) => Promise<string[]>;

/**
 * What takes a run's secrets out of what it tells. The values are in memory alone: an object that comes back asks for them
 * once more before it takes anything. A run without secrets is asked nothing and costs nothing.
 */
export class RunMasking {
  readonly #loadValues: LoadValues;
  readonly #tails: StreamTails = new Map();
  #masker: Masker | null = null;
  #bytes: SecretBytes | null = null;
  /** How often the values were said to be out of date, and up to which of these they are known. */
  #forgotten = 0;
  #knownAsOf = -1;
  #recalls = true;
  #loading: Promise<void> | null = null;

  constructor(loadValues: LoadValues) {
    this.#loadValues = loadValues;
  }

  /** Whether `entries` may be called for this run now. */
  isReady(spec: Pick<RunSpec, "secrets">): boolean {
    return spec.secrets.length === 0 || this.#knownAsOf === this.#forgotten;
  }

  /** Gets the values where the run has any. Throws where they cannot be had: then nothing may be taken. */
  async prepare({
    workspace_id,
    secrets,
    created_at,
  }: Pick<RunSpec, "workspace_id" | "secrets" | "created_at">): Promise<void> {
    while (!this.isReady({ secrets })) {
      this.#loading ??= this.#load(workspace_id, { names: secrets, since: created_at }).finally(
        () => (this.#loading = null),
      );
      await this.#loading;
    }
  }

  /** What an attempt is launched with is newer than what is known. */
  forget(): void {
    this.#forgotten += 1;
  }

  /**
   * The entries as they may be kept. Throws when the values were not got before. `lastTold` gives the newest events on
   * record, for an object that came back: what is told now may go on where they end.
   */
  entries(
    spec: Pick<RunSpec, "secrets">,
    entries: readonly JournalEntry[],
    lastTold: () => readonly RunEvent[],
  ): readonly JournalEntry[] {
    if (spec.secrets.length === 0) return entries;
    if (this.#recalls) this.#recall(lastTold());
    this.#recalls = false;
    return maskEntries(entries, this.#require(), this.#tails);
  }

  /**
   * What is being said, as it may be shown: where the run has secrets without what may be the beginning, or the rest, of one.
   * Throws when the values were not got before.
   */
  live(spec: Pick<RunSpec, "secrets">, live: LiveText): LiveText {
    if (spec.secrets.length === 0) return live;
    const whole = this.#require().text(live.text);
    const isFromStart = live.text.length === live.characters;
    return { ...live, text: dropLast(isFromStart ? whole : whole.slice(endOf(whole, PIECE - 1))) };
  }

  /** Outputs as they may be kept. Throws when the values were not got before. */
  outputs<Outputs extends NonNullable<(JournalEntry & { type: "result" })["outputs"]>>(
    spec: Pick<RunSpec, "secrets">,
    outputs: Outputs,
  ): Outputs {
    return spec.secrets.length === 0 ? outputs : this.#require().json(outputs);
  }

  /** A look at what one of the run's files holds. Throws when the values were not got before. */
  scan(): SecretScan {
    if (this.#bytes === null) throw new Error("no file of a run may be taken before its secrets are known");
    return this.#bytes.scan();
  }

  #recall(events: readonly RunEvent[]): void {
    for (const event of events) {
      const told = toldBy(event);
      if (told === null) continue;
      const before = this.#tails.get(told.stream) ?? "";
      this.#tails.set(told.stream, (before + withoutLines(told.text)).slice(1 - PIECE));
    }
  }

  #require(): Masker {
    if (this.#masker === null)
      throw new Error("what a run tells may not be taken before its secrets are known");
    return this.#masker;
  }

  async #load(workspaceId: string, want: MaskWant): Promise<void> {
    const asOf = this.#forgotten;
    const values = await this.#loadValues(workspaceId, want);
    this.#masker = new Masker(values);
    this.#bytes = new SecretBytes(values);
    this.#knownAsOf = asOf;
  }
}

/** Where a text's first `count` characters end, those of line ends not counted. */
function endOf(text: string, count: number): number {
  let left = count;
  let at = 0;
  for (; at < text.length && left > 0; at += 1) if (!isLineEnd(text[at])) left -= 1;
  return at;
}

/** A text without its last characters, as many as the beginning of a secret may have. */
function dropLast(text: string): string {
  let left = PIECE - 1;
  let end = text.length;
  for (; end > 0 && left > 0; end -= 1) if (!isLineEnd(text[end - 1])) left -= 1;
  return text.slice(0, end);
}

const isLineEnd = (sign: string | undefined): boolean => sign === "\n" || sign === "\r";

/** A text that an event goes on with, and where it stands in one row with others. */
function toldBy(event: RunEvent): { stream: string; text: string } | null {
  if (event.type === "log") return { stream: event.stream, text: event.message };
  return event.type === "partial" && typeof event.pieces === "string"
    ? { stream: PIECES, text: event.pieces }
    : null;
}
