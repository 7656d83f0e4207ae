import { useState } from "react";
import type { FormEvent } from "react";
import { deployRoutes } from "#contract/deploys/routes";
import type { DeployRequest } from "#contract/deploys/deploy";
import { useApi } from "../../api/api-context.ts";
import { ChoiceField, TextAreaField, TextField } from "../../parts/labelled.tsx";
import { textOf } from "../../ui/dialog.tsx";
import type { MakeFormProps } from "./file-form.tsx";
import { filesOfSkill, SKILL_PATH } from "./skill.ts";

const PYTHON = `def greet(name: str, times: int = 1) -> str:
    """Greets somebody.

    Args:
        name: Who is greeted.
        times: How often.
    """
    return " ".join([f"Hello, {name}!"] * times)
`;

const JAVASCRIPT = `/**
 * Greets somebody.
 * @param {string} name Who is greeted.
 * @param {number} [times] How often.
 * @returns {string}
 */
export function greet(name, times = 1) {
  return Array(times).fill(\`Hello, \${name}!\`).join(" ");
}
`;

const SKILL = `---
name: tidy-notes
description: Makes minutes of rough notes.
---

Write minutes of the notes that you are given: what was decided, who does what, and by when.
`;

interface Language {
  words: string;
  /** What the code's file is called. */
  file: string;
  example: string;
  hint: string;
}

/** What can be written or pasted. */
const languages: Readonly<Record<string, Language>> = {
  python: {
    words: "Python functions with types",
    file: "app.py",
    example: PYTHON,
    hint: "Each function becomes a form, an endpoint and a tool.",
  },
  javascript: {
    words: "JavaScript functions with JSDoc",
    file: "app.mjs",
    example: JAVASCRIPT,
    hint: "Each exported function becomes a form, an endpoint and a tool.",
  },
  skill: {
    words: "Instructions for a model (SKILL.md)",
    file: SKILL_PATH,
    example: SKILL,
    hint: "A model follows them in each run; the lines between the dashes say what it is.",
  },
};

/** What is sent for a text. Pure. */
export function requestFor(kind: string, { name, text }: { name: string; text: string }): DeployRequest {
  const { file = "app.py" } = languages[kind] ?? {};
  // Browsers end the lines of a form with a carriage return each; Python's are not.
  const code = text.replaceAll("\r\n", "\n");
  if (file === SKILL_PATH) return { name, files: filesOfSkill(code, name) };
  return { name, code, filename: file };
}

/** A worker of a text that is written or pasted here. */
export function CodeForm({ isBusy, onMake }: MakeFormProps) {
  const api = useApi();
  const [kind, setKind] = useState("python");
  const { example = "", hint = "", words = "" } = languages[kind] ?? {};
  function send(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = form.get("code");
    const json = requestFor(kind, { name: textOf(form, "name"), text: typeof text === "string" ? text : "" });
    void onMake(() => api.call(deployRoutes.deploy, { json }));
  }
  return (
    <section aria-labelledby="code-heading">
      <h2 id="code-heading">Written or pasted here</h2>
      <form className="card" onSubmit={send}>
        <div className="field-columns">
          <TextField
            label="Name"
            name="name"
            required
            placeholder="greeter"
            pattern="[a-z0-9][a-z0-9\-]{1,62}[a-z0-9]"
            hint="Small letters, digits and hyphens: it is the worker’s address."
            autoComplete="off"
          />
          <ChoiceField
            label="What it is"
            value={kind}
            choices={Object.entries(languages).map(([name, language]) => [name, language.words] as const)}
            onChange={(event) => setKind(event.currentTarget.value)}
          />
        </div>
        <TextAreaField
          key={kind}
          label={words}
          name="code"
          rows={12}
          required
          className="code-text"
          spellCheck={false}
          defaultValue={example}
          hint={hint}
        />
        <button type="submit" className="primary" disabled={isBusy}>
          {isBusy ? "Deploying …" : "Deploy"}
        </button>
      </form>
    </section>
  );
}
