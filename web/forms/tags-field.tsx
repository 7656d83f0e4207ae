import { useState } from "react";
import type { KeyboardEvent } from "react";
import type { FieldOf } from "#contract/forms/form";
import { setTexts } from "./draft.ts";
import { FieldFrame } from "./field-frame.tsx";
import { useForm } from "./form-context.ts";

/** Words that are added one by one: Enter or a comma adds what is typed, and so does going on to the next field. */
export function TagsField({ field, name }: { field: FieldOf<"tags">; name: string }) {
  const { draft, change } = useForm();
  const [typed, setTyped] = useState("");
  const tags = draft.entries.get(name) ?? [];
  const setTags = (next: readonly string[]) => change((before) => setTexts(before, name, next));

  function add(): void {
    const more = typed.split(/[,\n]/).map((tag) => tag.trim());
    setTyped("");
    if (more.some((tag) => tag !== "")) setTags([...tags, ...more.filter((tag) => tag !== "")]);
  }
  function onKeyDown(event: KeyboardEvent): void {
    if ((event.key === "Enter" && typed.trim() !== "") || event.key === ",") {
      event.preventDefault();
      add();
    } else if (event.key === "Backspace" && typed === "") setTags(tags.slice(0, -1));
  }
  return (
    <FieldFrame
      field={{ ...field, description: `${field.description} Enter or a comma adds one.`.trim() }}
      name={name}
    >
      {(attributes) => (
        <>
          {tags.length > 0 && (
            <ul className="tags" aria-label={`${field.label}: added`}>
              {tags.map((tag, at) => (
                // The same tag may be there twice, and tags have no other name.
                <li key={`${at} ${tag}`}>
                  <button
                    type="button"
                    aria-label={`Remove ${tag}`}
                    onClick={() => setTags(tags.filter((_, other) => other !== at))}
                  >
                    {tag} <span aria-hidden="true">×</span>
                  </button>
                </li>
              ))}
            </ul>
          )}
          <input
            {...attributes}
            type="text"
            value={typed}
            placeholder={field.placeholder}
            onKeyDown={onKeyDown}
            onBlur={add}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
        </>
      )}
    </FieldFrame>
  );
}
