const MOST_REPEATS = 2;

/**
 * Why a pattern may take too long on some text, or is none; null where all is well. A repeat within another one takes a
 * time that doubles with each character, and each repeat in a row takes one power of its length more. Pure.
 */
export function whySlowPattern(pattern: string): string | null {
  try {
    new RegExp(pattern, "u");
  } catch (error) {
    return error instanceof Error ? error.message : "It is no regular expression.";
  }
  if (/\\[1-9k]/u.test(pattern)) return "It refers back to a group, which takes too long on some texts.";
  // What is escaped, or one of a set, is one character here.
  const bare = pattern.replaceAll(/\\./gsu, "x").replaceAll(/\[[^\]]*\]/gu, "x");
  const groups = [{ branches: false, repeats: false }];
  let repeats = 0;
  for (let at = 0; at < bare.length; at++) {
    const outer = groups.at(-1);
    if (bare[at] === "(") groups.push({ branches: false, repeats: false });
    else if (bare[at] === "|" && outer !== undefined) outer.branches = true;
    const closed = bare[at] === ")" ? groups.pop() : undefined;
    const holder = groups.at(-1);
    const isRepeated = /^(?:[*+]|\{\d+,\d*\})/u.test(bare.slice(at + 1));
    if (isRepeated && (closed?.repeats === true || closed?.branches === true))
      return "A repeat, or a choice, stands within another repeat.";
    if (isRepeated) repeats += 1;
    if ((isRepeated || closed?.repeats === true) && holder !== undefined) holder.repeats = true;
  }
  return repeats > MOST_REPEATS ? "It has more than two repeats without a fixed count." : null;
}
