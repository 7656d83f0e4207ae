import { useEffect, useRef, useState } from "react";
import type { RefObject } from "react";
import type { FormField } from "#contract/forms/form";
import type { OpenEditor } from "../editor/open-editor.ts";
import { FieldFrame } from "./field-frame.tsx";
import type { ControlAttributes } from "./field-frame.tsx";
import { useForm } from "./form-context.ts";
import { useText } from "./text-controls.tsx";

const HINT = "Tab indents; Escape, then Tab goes on.";

/** Code and JSON: a plain box until the editor is there, and where it does not come. */
export function CodeField({ field, name }: { field: FormField; name: string }) {
  const description = [field.description, HINT].filter((text) => text !== "").join(" ");
  return (
    <FieldFrame field={{ ...field, description }} name={name}>
      {(attributes) => <CodeBox field={field} name={name} attributes={attributes} />}
    </FieldFrame>
  );
}

interface CodeBoxProps {
  field: FormField;
  name: string;
  attributes: ControlAttributes;
}

function CodeBox({ field, name, attributes }: CodeBoxProps) {
  const [text, setText] = useText(name);
  const place = useRef<HTMLDivElement>(null);
  const plain = useRef<HTMLTextAreaElement>(null);
  const write = useRef(setText);
  // Texts that the editor has or has told, and that were not shown yet: what is shown late must not be written back into it.
  const told = useRef(new Set<string>());
  const [editor, setEditor] = useState<OpenEditor | null>(null);
  const language = field.kind === "json" ? "json" : (field.language ?? "text");
  useEffect(() => {
    write.current = setText;
  });
  useEffect(() => {
    let isGone = false;
    let opened: OpenEditor | null = null;
    async function open(): Promise<void> {
      const { openEditor, MOST_CODE_CHARS } = await import("../editor/open-editor.ts");
      const box = plain.current;
      if (isGone || place.current === null || box === null || box.value.length > MOST_CODE_CHARS) return;
      const isFocused = document.activeElement === box;
      const onChange = (next: string) => {
        told.current.add(next);
        write.current(next);
      };
      told.current.add(box.value);
      opened = await openEditor(place.current, { language, text: box.value, onChange });
      // What was typed while it was loaded.
      if (box.value !== opened.textarea.value) opened.write(box.value);
      if (isGone) opened.close();
      else setEditor(opened);
      if (isFocused) opened.textarea.focus();
    }
    // Without it there is the plain box.
    open().catch(() => undefined);
    return () => {
      isGone = true;
      opened?.close();
    };
  }, [language]);
  useEditor(editor, { field, name, attributes, text, told });
  return (
    <>
      <div ref={place} />
      {editor === null && (
        <textarea
          {...attributes}
          ref={plain}
          rows={8}
          className="code-box"
          spellCheck={false}
          aria-required={field.required}
          placeholder={field.placeholder ?? (field.kind === "json" ? "JSON" : undefined)}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      )}
    </>
  );
}

/** Keeps an open editor to what the form knows: its text, what it is called, and what is wrong. */
function useEditor(
  editor: OpenEditor | null,
  { field, name, attributes, text, told }: CodeBoxProps & { text: string; told: RefObject<Set<string>> },
): void {
  const { errors, places } = useForm();
  const error = errors.get(name);
  const within = places.get(name);
  useEffect(() => {
    if (editor === null) return;
    if (editor.textarea.value === text) told.current.clear();
    else if (!told.current.delete(text)) editor.write(text);
  }, [editor, text, told]);
  useEffect(() => {
    if (editor === null) return;
    const said = { ...attributes, "aria-required": field.required };
    for (const [key, value] of Object.entries(said)) {
      if (value === undefined) editor.textarea.removeAttribute(key);
      else editor.textarea.setAttribute(key, String(value));
    }
  });
  useEffect(() => {
    if (editor === null) return;
    void import("../editor/find-wrong-line.ts").then(({ findWrongLine }) => {
      const isJson = field.kind === "json" && error !== undefined;
      editor.markLine(isJson ? findWrongLine(editor.textarea.value, within) : null);
    });
  }, [editor, error, within, field.kind]);
}
