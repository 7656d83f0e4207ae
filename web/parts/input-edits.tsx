import { useState } from "react";
import { parseJson } from "#contract/json";
import type { Json } from "#contract/json";
import { beginSentence } from "#contract/words";
import { TextAreaField, TextField } from "./labelled.tsx";

export type Values = Readonly<Record<string, Json>>;

/** A name from a program as people read it: `max_items` is Max items. */
export const readableName = (name: string): string => beginSentence(name.replaceAll("_", " "));

/** What was typed for a value, as one of the earlier one's kind; undefined where it is none. Pure. */
export function readEdit(before: Json, typed: string): Json | undefined {
  if (typeof before === "string") return typed;
  try {
    return parseJson(typed);
  } catch {
    return undefined;
  }
}

const asText = (value: Json): string => (typeof value === "string" ? value : JSON.stringify(value, null, 2));

export interface Edits {
  typed: Readonly<Record<string, string>>;
  /** The values that were changed; null while one of them cannot be read. */
  changed: Values | null;
  change: (name: string, text: string) => void;
}

/** Named values as they are edited, each in a field of its own. */
export function useEdits(values: Values): Edits {
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>(() =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, asText(value)])),
  );
  const changed: Record<string, Json> = {};
  let isReadable = true;
  for (const [name, before] of Object.entries(values)) {
    const after = readEdit(before, typed[name] ?? "");
    if (after === undefined) isReadable = false;
    else if (JSON.stringify(after) !== JSON.stringify(before)) changed[name] = after;
  }
  return {
    typed,
    changed: isReadable ? changed : null,
    change: (name, text) => setTyped({ ...typed, [name]: text }),
  };
}

/** A field for each value: a line or more of text as it is, anything else as JSON. */
export function EditFields({ values, edits }: { values: Values; edits: Edits }) {
  return Object.entries(values).map(([name, before]) => {
    const text = edits.typed[name] ?? "";
    const isWrong = readEdit(before, text) === undefined;
    const field = {
      label: readableName(name),
      value: text,
      "aria-invalid": isWrong,
      ...(isWrong ? { hint: "This must be JSON." } : {}),
    };
    const isLong = (typeof before === "object" && before !== null) || text.includes("\n") || text.length > 80;
    return isLong ? (
      <TextAreaField
        key={name}
        {...field}
        rows={5}
        onChange={(event) => edits.change(name, event.currentTarget.value)}
      />
    ) : (
      <TextField key={name} {...field} onChange={(event) => edits.change(name, event.currentTarget.value)} />
    );
  });
}
