/** Which of a command's two outputs bytes came from. */
export type OutputStream = "stdout" | "stderr";

/** A run of bytes of one stream, at most 32 KiB, in the order the command wrote them. */
export interface OutputChunk {
  stream: OutputStream;
  bytes: Uint8Array;
}

interface Piece {
  stream: OutputStream;
  startOffset: number;
  /** Bytes used; the buffer may be longer, so that short writes grow in place. */
  length: number;
  buffer: Buffer;
}

const MAX_CHUNK_BYTES = 32 * 1024;
/** Book-keeping charged per piece, so that one-byte writes cannot cost more memory than they count. */
const PIECE_OVERHEAD_BYTES = 128;
const PAUSE_LAG_BYTES = 1024 * 1024;
const RESUME_LAG_BYTES = 512 * 1024;

/** A reader's place in a journal. Close it, or it holds the command back once it lags. */
export interface JournalCursor {
  /** The next chunk, or undefined when the reader has everything so far. */
  next(): OutputChunk | undefined;
  close(): void;
}

/**
 * The output of one command, kept up to a limit and addressed by byte offset. Readers start at the oldest byte
 * still kept; bytes a live reader has not had are never dropped, instead `onPressure(true)` asks the writer to
 * stop while the slowest reader is more than 1 MiB behind.
 */
export class OutputJournal {
  readonly #limitBytes: () => number;
  readonly #onPressure: (paused: boolean) => void;
  readonly #cursors = new Map<JournalCursor, { offset: number }>();
  readonly #listeners = new Set<() => void>();
  #pieces: Piece[] = [];
  #endOffset = 0;
  #paused = false;

  constructor(options: { limitBytes: () => number; onPressure: (paused: boolean) => void }) {
    this.#limitBytes = options.limitBytes;
    this.#onPressure = options.onPressure;
  }

  /** Memory this journal stands for, book-keeping included. */
  get costBytes(): number {
    const first = this.#pieces[0];
    return first === undefined
      ? 0
      : this.#endOffset - first.startOffset + this.#pieces.length * PIECE_OVERHEAD_BYTES;
  }

  append(stream: OutputStream, bytes: Buffer): void {
    if (!this.#growLastPiece(stream, bytes)) {
      for (let at = 0; at < bytes.length; at += MAX_CHUNK_BYTES)
        this.#pushPiece(stream, bytes.subarray(at, at + MAX_CHUNK_BYTES));
    }
    this.#dropOldest();
    this.#updatePressure();
    this.notify();
  }

  /** A reader that gets everything kept, from the oldest byte on. */
  openCursor(): JournalCursor {
    const place = { offset: this.#pieces[0]?.startOffset ?? this.#endOffset };
    const cursor: JournalCursor = {
      next: () => this.#readAt(place),
      close: () => {
        if (this.#cursors.delete(cursor)) this.#updatePressure();
      },
    };
    this.#cursors.set(cursor, place);
    this.#updatePressure();
    return cursor;
  }

  /** Calls back at every change until the returned function is called. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  notify(): void {
    for (const listener of this.#listeners) listener();
  }

  #growLastPiece(stream: OutputStream, bytes: Buffer): boolean {
    const last = this.#pieces.at(-1);
    if (last === undefined || last.stream !== stream) return false;
    const length = last.length + bytes.length;
    if (length > MAX_CHUNK_BYTES) return false;
    if (length > last.buffer.length) {
      const grown = Buffer.allocUnsafeSlow(Math.min(MAX_CHUNK_BYTES, length * 2));
      last.buffer.copy(grown, 0, 0, last.length);
      last.buffer = grown;
    }
    bytes.copy(last.buffer, last.length);
    last.length = length;
    this.#endOffset += bytes.length;
    return true;
  }

  #pushPiece(stream: OutputStream, bytes: Buffer): void {
    this.#pieces.push({ stream, startOffset: this.#endOffset, length: bytes.length, buffer: bytes });
    this.#endOffset += bytes.length;
  }

  #dropOldest(): void {
    const limitBytes = this.#limitBytes();
    if (this.costBytes <= limitBytes) return;
    const neededFrom = Math.min(this.#endOffset, ...[...this.#cursors.values()].map((place) => place.offset));
    let cost = this.costBytes;
    let dropped = 0;
    for (const piece of this.#pieces) {
      if (cost <= limitBytes || piece.startOffset + piece.length > neededFrom) break;
      cost -= piece.length + PIECE_OVERHEAD_BYTES;
      dropped += 1;
    }
    if (dropped > 0) this.#pieces = this.#pieces.slice(dropped);
  }

  #readAt(place: { offset: number }): OutputChunk | undefined {
    const piece = this.#pieceAt(place.offset);
    if (piece === undefined) return undefined;
    const from = Math.max(0, place.offset - piece.startOffset);
    place.offset = piece.startOffset + piece.length;
    this.#updatePressure();
    return { stream: piece.stream, bytes: piece.buffer.subarray(from, piece.length) };
  }

  /** The first piece that reaches beyond the offset, by halving. */
  #pieceAt(offset: number): Piece | undefined {
    let low = 0;
    let high = this.#pieces.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const piece = this.#pieces[middle];
      if (piece !== undefined && piece.startOffset + piece.length <= offset) low = middle + 1;
      else high = middle;
    }
    return this.#pieces[low];
  }

  #updatePressure(): void {
    let lag = 0;
    for (const place of this.#cursors.values()) lag = Math.max(lag, this.#endOffset - place.offset);
    const paused = this.#paused ? lag > RESUME_LAG_BYTES : lag > PAUSE_LAG_BYTES;
    if (paused === this.#paused) return;
    this.#paused = paused;
    this.#onPressure(paused);
  }
}
