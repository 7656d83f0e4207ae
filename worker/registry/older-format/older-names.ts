import type { Report } from "../manifest/report.ts";
import { placeOf, textAt, textNode } from "../manifest/yaml-node.ts";
import type { MapEntry, Place } from "../manifest/yaml-node.ts";

/** Says of a key of an older format that it means nothing here. */
export function warnUnused(place: Place, { key, report }: { key: string; report: Report }): void {
  report.warning(place, {
    code: "no_effect",
    message: `${key} has no effect here.`,
    fix: "Remove it.",
  });
}

/** A worker's address made of a name of an older format, which took more: `ending` is put behind one that is too short. */
export function addressOf(
  written: MapEntry | undefined,
  { place, report, ending }: { place: Place; report: Report; ending: string },
): MapEntry | undefined {
  const name = written === undefined ? undefined : textAt(written.value);
  if (written === undefined || name === undefined) return written;
  const slug = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "");
  const address = slug.length < 3 ? `${slug}-${ending}` : slug;
  if (address === name) return written;
  report.warning(written.value, {
    code: "renamed_value",
    message: `The worker is called ${address}: its address takes lower-case letters, digits and hyphens.`,
    fix: `Write name: ${address}.`,
  });
  return { key: placeOf(place), value: textNode(written.value, address) };
}
