/**
 * Whom tries are counted for: an IPv4 address, or of an IPv6 address the network of 64 bits, all of which one person
 * commonly has. What is no address counts as one place. Pure.
 */
export function networkOf(address: string | null): string {
  if (address === null || address === "") return "unknown";
  if (!address.includes(":")) return address;
  const [head = "", tail = ""] = address.split("::", 2);
  const before = head === "" ? [] : head.split(":");
  const after = tail === "" ? [] : tail.split(":");
  const between = address.includes("::")
    ? Array<string>(Math.max(0, 8 - before.length - after.length)).fill("0")
    : [];
  const groups = before.concat(between, after);
  return groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, "").toLowerCase())
    .join(":");
}
