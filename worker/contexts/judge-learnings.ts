import { learningSchema } from "#contract/contexts/context-bundle";

/**
 * Why a memory pack's learnings cannot become these, as a sentence; null when they can: what is there stays, byte by byte,
 * and every line that is added is a learning. Pure.
 */
export function judgeLearnings(before: Uint8Array, after: Uint8Array): string | null {
  if (!startsWith(after, before)) return "Learnings are only added: what is there must stay as it is.";
  if (before.byteLength > 0 && after.byteLength > before.byteLength && before.at(-1) !== 10)
    return "The last line that is there does not end; a line cannot be added to it.";
  const lines = new TextDecoder().decode(after.subarray(before.byteLength)).split("\n");
  const bad = lines.findIndex((line) => line.trim() !== "" && !isLearning(line));
  if (bad === -1) return null;
  return `Line ${bad + 1} of what is added is no learning: write {"created_at": <time>, "learning": <text>} as one line of JSON.`;
}

function isLearning(line: string): boolean {
  try {
    return learningSchema.safeParse(JSON.parse(line)).success;
  } catch {
    return false;
  }
}

function startsWith(bytes: Uint8Array, beginning: Uint8Array): boolean {
  return bytes.byteLength >= beginning.byteLength && beginning.every((byte, index) => bytes[index] === byte);
}

/**
 * What a run added to a file that grew meanwhile, put behind what is there now; null where it did more than add. Pure.
 */
export function rebaseAdded(base: Uint8Array, theirs: Uint8Array, ours: Uint8Array): Uint8Array | null {
  if (!startsWith(ours, base) || !startsWith(theirs, base)) return null;
  const added = ours.subarray(base.byteLength);
  const merged = new Uint8Array(theirs.byteLength + added.byteLength);
  merged.set(theirs);
  merged.set(added, theirs.byteLength);
  return merged;
}
