const MOST_REPEATS = 2;
/** Ways to take what is optional, or one of several, that stand in a row: each of them may be tried. */
const MOST_WAYS = 1000;
const MOST_COUNTED = 1000;

const NESTED = "A repeat, or a choice, stands within another repeat.";

/** What a pattern takes on a text of n characters: a time that grows as n to the power of `power`, or one without bounds. */
export type PatternCost = { kind: "bounded"; power: number } | { kind: "unbounded"; why: string };

/**
 * Why a pattern may take too long on some text, or is none; null where all is well. A repeat within another one takes a
 * time that doubles with each character, and each repeat in a row takes one power of its length more. Pure.
 */
export function whySlowPattern(pattern: string): string | null {
  const cost = measurePattern(pattern);
  if (cost.kind === "unbounded") return cost.why;
  return cost.power > MOST_REPEATS + 1 ? "It has more than two repeats without a fixed count." : null;
}

/** So many characters may be tried for one pattern on one text; a machine needs about half a second for them. */
const MOST_TRIED = 1e8;

/** Why a pattern is not tried on a text of so many characters, in a sentence; null where it is. Pure. */
export function whyNotTried(pattern: string, characters: number): string | null {
  const cost = measurePattern(pattern);
  if (cost.kind === "unbounded") return cost.why;
  return (characters + 1) ** cost.power > MOST_TRIED
    ? `It has too many repeats for a text of ${characters} characters.`
    : null;
}

interface Group {
  /** It holds a repeat, something optional or a choice: there is more than one way to take it. */
  isLoose: boolean;
  /** Ways of its branches so far, and of the one that is read. */
  others: number;
  ways: number;
  /** Fixed counts within fixed counts, multiplied: the most of them. */
  counted: number;
}

const newGroup = (): Group => ({ isLoose: false, others: 0, ways: 1, counted: 1 });

/** Says how long a pattern may take, without trying it. Pure. */
export function measurePattern(pattern: string): PatternCost {
  const unbounded = (why: string): PatternCost => ({ kind: "unbounded", why });
  try {
    new RegExp(pattern, "u");
  } catch (error) {
    return unbounded(error instanceof Error ? error.message : "It is no regular expression.");
  }
  if (/\\[1-9k]/u.test(pattern))
    return unbounded("It refers back to a group, which takes too long on some texts.");
  const read = readGroups(pattern);
  if ("why" in read) return unbounded(read.why);
  // What begins anywhere is tried from each character on.
  const isAnchored = pattern.startsWith("^") && read.whole.others === 0;
  return { kind: "bounded", power: read.repeats + (isAnchored ? 0 : 1) };
}

function readGroups(pattern: string): { whole: Group; repeats: number } | { why: string } {
  const whole = newGroup();
  const groups = [whole];
  let repeats = 0;
  for (const part of readParts(pattern)) {
    if (part.text === "(") {
      groups.push(newGroup());
      continue;
    }
    const closed = part.text === ")" ? groups.pop() : undefined;
    const why = noteIn(groups.at(-1) ?? whole, part, closed);
    if (why !== null) return { why };
    if (part.count === "many") repeats += 1;
  }
  return whole.others + whole.ways > MOST_WAYS ? { why: "It has too many choices." } : { whole, repeats };
}

/** Notes a part, or the group that it closes, in the group that it stands in; says why it cannot be there. */
function noteIn(holder: Group, { text, count, times }: Part, closed: Group | undefined): string | null {
  if (text === "|") {
    holder.isLoose = true;
    holder.others += holder.ways;
    holder.ways = 1;
    return null;
  }
  const isLoose = closed?.isLoose === true;
  if (isLoose && (count === "many" || times > 1)) return NESTED;
  if (count !== "once" || isLoose) holder.isLoose = true;
  holder.counted = Math.max(holder.counted, times * (closed?.counted ?? 1));
  if (holder.counted > MOST_COUNTED) return `It counts to more than ${MOST_COUNTED}.`;
  holder.ways *= (closed === undefined ? 1 : closed.others + closed.ways) * (count === "maybe" ? 2 : 1);
  return holder.ways > MOST_WAYS ? "It has too many choices in a row." : null;
}

interface Part {
  /** `(`, `)`, `|`, or anything else that takes one character or none. */
  text: string;
  count: "once" | "maybe" | "many";
  /** Of a fixed count. */
  times: number;
}

const PART = /(\(\?<?[=!]|\(\?<[^>]*>|\(\?:|[()|]|[^])(?:([*+]|\{\d+,\d*\})|(\?)|\{(\d+)\})?\??/gu;

function readParts(pattern: string): Part[] {
  // What is escaped, or one of a set, is one character here.
  const bare = pattern.replaceAll(/\\(?:[pPu]\{[^}]*\}|.)/gsu, "x").replaceAll(/\[[^\]]*\]/gu, "x");
  return [...bare.matchAll(PART)].map(([, text = "", many, maybe, times = "1"]) => ({
    text: text.startsWith("(") ? "(" : text,
    count: many !== undefined ? "many" : maybe !== undefined ? "maybe" : "once",
    times: Number(times),
  }));
}
