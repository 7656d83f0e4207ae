/** How lines are read: so many characters each at most, and what is thrown of a text that has none. */
export interface LineRules {
  mostCharacters: number;
  refuse: (why: string, cause?: unknown) => Error;
}

/** The lines of a text of UTF-8 as they come, without their ends; empty ones are left out. The last needs no end. Pure. */
export async function* splitLines(
  parts: AsyncIterable<Uint8Array>,
  { mostCharacters, refuse }: LineRules,
): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });
  const decode = (part?: Uint8Array) => {
    try {
      return part === undefined ? decoder.decode() : decoder.decode(part, { stream: true });
    } catch (cause) {
      throw refuse("it is no text", cause);
    }
  };
  let rest = "";
  for await (const part of parts) {
    const pieces = (rest + decode(part)).split("\n");
    rest = pieces.pop() ?? "";
    if (rest.length > mostCharacters) throw refuse("a line of it is too long");
    for (const line of pieces) if (line !== "") yield line;
  }
  rest += decode();
  if (rest !== "") yield rest;
}

/** Whether two texts have the same lines; neither is held whole. */
export async function haveSameLines(
  one: AsyncIterator<string>,
  other: AsyncIterator<string>,
): Promise<boolean> {
  try {
    for (;;) {
      const [mine, theirs] = await Promise.all([one.next(), other.next()]);
      if (mine.done === true || theirs.done === true) return mine.done === theirs.done;
      if (mine.value !== theirs.value) return false;
    }
  } finally {
    await Promise.all([one.return?.(), other.return?.()]);
  }
}
