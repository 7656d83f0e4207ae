import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import * as z from "zod";
import { deployRoutes } from "#contract/deploys/routes";
import { workerRoutes } from "#contract/workers/routes";
import { useApi } from "../../api/api-context.ts";
import type { Api } from "../../api/api-context.ts";
import { useRead } from "../../api/use-read.ts";
import { Loaded } from "../../parts/loaded.tsx";
import { TextField } from "../../parts/labelled.tsx";
import { FormDialog, textOf } from "../../ui/dialog.tsx";
import { useChange } from "../../ui/use-change.ts";
import type { Change } from "../../ui/use-change.ts";
import { PlacedErrors } from "../worker/placed-errors.tsx";
import type { MakeFormProps } from "./file-form.tsx";
import { findFreeName, nameFiles, templateSummarySchema, workerTemplateSchema } from "./template.ts";
import type { TemplateKind, TemplateSummary } from "./template.ts";

const kindWords: Readonly<Record<TemplateKind, string>> = {
  functions: "Functions with a form",
  folder: "Scripts and agents",
  service: "Tools of a service",
};

/** Of the page's own static files: they came with it. Throws where the answer is none of them. */
async function readStatic<T>(path: string, schema: z.ZodType<T>, signal?: AbortSignal): Promise<T> {
  const answer = await fetch(path, signal === undefined ? {} : { signal });
  return schema.parse(await answer.json());
}

/** The templates that a word leaves. Pure. */
export function findTemplates(all: readonly TemplateSummary[], word: string): TemplateSummary[] {
  const wanted = word.trim().toLowerCase();
  return all.filter(({ name, kind, title, description }) =>
    `${name} ${title} ${description} ${kindWords[kind]}`.toLowerCase().includes(wanted),
  );
}

/** Workers to start from: one is chosen, given a name, and deployed as it is. */
export function Gallery({ onMake }: Pick<MakeFormProps, "onMake">) {
  const [word, setWord] = useState("");
  const [chosen, setChosen] = useState<TemplateSummary | null>(null);
  const templates = useQuery({
    queryKey: ["worker-templates"],
    queryFn: ({ signal }) => readStatic("/templates/index.json", z.array(templateSummarySchema), signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <section aria-labelledby="gallery-heading">
      <h2 id="gallery-heading">From a template</h2>
      <Loaded query={templates} what="the templates">
        {(all) => {
          const shown = findTemplates(all, word);
          return (
            <>
              <search className="filters">
                <TextField
                  label="Find a template"
                  type="search"
                  value={word}
                  placeholder="approval, csv, grafana …"
                  onChange={(event) => setWord(event.currentTarget.value)}
                />
              </search>
              <output className="visually-hidden">{shown.length} shown</output>
              {shown.length === 0 ? (
                <p className="card muted">No template is like that.</p>
              ) : (
                <TemplateCards templates={shown} onChoose={setChosen} />
              )}
            </>
          );
        }}
      </Loaded>
      {chosen !== null && (
        <TemplateDialog template={chosen} onMake={onMake} onClose={() => setChosen(null)} />
      )}
    </section>
  );
}

interface TemplateCardsProps {
  templates: readonly TemplateSummary[];
  onChoose: (template: TemplateSummary) => void;
}

function TemplateCards({ templates, onChoose }: TemplateCardsProps) {
  return (
    <ul className="cards gallery">
      {templates.map((template) => (
        <li key={template.name} className="card worker-card">
          <h3>{template.title}</h3>
          <p>{template.description}</p>
          <div className="card-foot">
            <span className="muted">{kindWords[template.kind]}</span>
            <button
              type="button"
              className="small"
              aria-label={`Use it: ${template.title}`}
              onClick={() => onChoose(template)}
            >
              Use it
            </button>
          </div>
        </li>
      ))}
    </ul>
  );
}

async function deployTemplate(api: Api, template: string, name: string) {
  const { files } = await readStatic(`/templates/${template}.json`, workerTemplateSchema);
  return api.call(deployRoutes.deploy, { json: { name, files: nameFiles(files, name) } });
}

interface TemplateDialogProps extends Pick<MakeFormProps, "onMake"> {
  template: TemplateSummary;
  onClose: () => void;
}

/** Gives the worker a name that none has: a template is never another one's next version. */
function TemplateDialog({ template, onMake, onClose }: TemplateDialogProps) {
  const change = useChange();
  const workers = useRead(workerRoutes.listWorkers, { query: { include_archived: "true" } });
  return (
    <Loaded query={workers} what="the names that are taken" rows={0}>
      {(all) => (
        <NamedTemplate
          template={template}
          taken={new Set(all.map(({ id }) => id))}
          change={change}
          onMake={onMake}
          onClose={onClose}
        />
      )}
    </Loaded>
  );
}

interface NamedTemplateProps extends TemplateDialogProps {
  taken: ReadonlySet<string>;
  change: Change;
}

function NamedTemplate({ template, taken, change, onMake, onClose }: NamedTemplateProps) {
  const api = useApi();
  const [name, setName] = useState(() => findFreeName(template.name, taken));
  const isTaken = taken.has(name.trim());
  function send(form: FormData): void {
    const chosen = textOf(form, "name");
    void change.make(async () => {
      const deployed = await deployTemplate(api, template.name, chosen);
      onClose();
      await onMake(() => Promise.resolve(deployed));
    }, "");
  }
  return (
    <FormDialog
      title={`A worker of ${template.title}`}
      action="Make it"
      change={change}
      isReady={!isTaken}
      onSend={send}
      onClose={onClose}
    >
      <p>{template.description}</p>
      <TextField
        label="Name"
        name="name"
        required
        value={name}
        pattern="[a-z0-9][a-z0-9\-]{1,62}[a-z0-9]"
        autoComplete="off"
        aria-invalid={isTaken}
        hint={
          isTaken
            ? "A worker of this name is there already."
            : "Small letters, digits and hyphens: it is the worker’s address."
        }
        onChange={(event) => setName(event.currentTarget.value)}
      />
      {change.error !== undefined && <PlacedErrors error={change.error} />}
    </FormDialog>
  );
}
