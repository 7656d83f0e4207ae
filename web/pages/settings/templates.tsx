import { useState } from "react";
import { templateRoutes } from "#contract/templates/routes";
import type { TemplateDetail } from "#contract/templates/template";
import { useApi } from "../../api/api-context.ts";
import { useRead } from "../../api/use-read.ts";
import { TextAreaField, TextField } from "../../parts/labelled.tsx";
import { ListTable } from "../../parts/list-table.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { Moment } from "../../parts/moment.tsx";
import { ConfirmButton } from "../../ui/confirm-button.tsx";
import { ChangeDialog, textOf } from "../../ui/dialog.tsx";

const SAMPLE = `apt: [ffmpeg]
pip: [pandas==2.3.3]
`;

/** What sandboxes hold before a script begins: the workspace's templates. */
export function Templates({ mayChange }: { mayChange: boolean }) {
  const templates = useRead(templateRoutes.listTemplates);
  const [opened, setOpened] = useState<TemplateDetail | "new" | null>(null);
  return (
    <section aria-labelledby="templates-heading">
      <div className="head-row">
        <h2 id="templates-heading">Templates of sandboxes</h2>
        {mayChange && (
          <button type="button" className="small" onClick={() => setOpened("new")}>
            New template
          </button>
        )}
      </div>
      <Loaded query={templates} what="the templates">
        {(all) =>
          all.length === 0 ? (
            <p className="card muted">
              Sandboxes have what comes with them. A template adds packages that scripts then find there; the
              one called default is that of every worker.
            </p>
          ) : (
            <TemplateTable templates={all} mayChange={mayChange} onOpen={setOpened} />
          )
        }
      </Loaded>
      {opened !== null && (
        <TemplateDialog template={opened === "new" ? null : opened} onClose={() => setOpened(null)} />
      )}
    </section>
  );
}

interface TemplateTableProps {
  templates: readonly TemplateDetail[];
  mayChange: boolean;
  onOpen: (template: TemplateDetail) => void;
}

function TemplateTable({ templates, mayChange, onOpen }: TemplateTableProps) {
  const api = useApi();
  return (
    <ListTable
      caption="Templates of sandboxes"
      rows={templates}
      keyOf={({ name }) => name}
      columns={[
        { head: "Template", cell: ({ name }) => <code>{name}</code> },
        {
          head: "Adds",
          cell: ({ apt, pip, npm }) => <span className="clipped">{[...apt, ...pip, ...npm].join(", ")}</span>,
        },
        { head: "Changed", cell: ({ updated_at: at }) => <Moment iso={at} /> },
        {
          head: "",
          cell: (template) =>
            mayChange ? (
              <div className="actions">
                <button
                  type="button"
                  className="small"
                  aria-label={`Change the template ${template.name}`}
                  onClick={() => onOpen(template)}
                >
                  Change
                </button>
                <ConfirmButton
                  label="Delete"
                  name={`Delete the template ${template.name}`}
                  title={`Delete the template ${template.name}?`}
                  said={`${template.name} is deleted.`}
                  onConfirm={() =>
                    api.call(templateRoutes.deleteTemplate, { params: { template: template.name } })
                  }
                >
                  <p>Workers that name it start no more until they name another. Runs under way keep it.</p>
                </ConfirmButton>
              </div>
            ) : null,
        },
      ]}
    />
  );
}

/** A template as somebody would write it: what it says is all there is to it. Pure. */
export function writeTemplate(template: TemplateDetail): string {
  const { apt, pip, npm, env, cpu_count, memory_mb, start_command, ready_command } = template;
  const lists = Object.entries({ apt, pip, npm }).filter(([, names]) => names.length > 0);
  const rest = Object.entries({ cpu_count, memory_mb, start_command, ready_command });
  return [
    ...lists.map(([key, names]) => `${key}: ${JSON.stringify(names)}`),
    ...(Object.keys(env).length === 0 ? [] : [`env: ${JSON.stringify(env)}`]),
    ...rest.filter(([, value]) => value !== null).map(([key, value]) => `${key}: ${JSON.stringify(value)}`),
    "",
  ].join("\n");
}

interface TemplateDialogProps {
  /** Null for a new one. */
  template: TemplateDetail | null;
  onClose: () => void;
}

function TemplateDialog({ template, onClose }: TemplateDialogProps) {
  const api = useApi();
  const nameOf = (form: FormData) => template?.name ?? textOf(form, "name");
  return (
    <ChangeDialog
      title={template === null ? "New template" : `Change ${template.name}`}
      action="Save it"
      isWide
      send={(form) =>
        api.call(templateRoutes.putTemplate, {
          params: { template: nameOf(form) },
          json: { template_yml: textOf(form, "template_yml") },
        })
      }
      said={(form) => `${nameOf(form)} is saved. It is built when a run first needs it.`}
      onClose={onClose}
    >
      {template === null && (
        <TextField
          label="Name"
          name="name"
          required
          maxLength={64}
          pattern="[A-Za-z0-9][A-Za-z0-9_-]*"
          autoComplete="off"
          hint="Workers have it by exec.template_profile; the one called default is that of all others."
        />
      )}
      <TextAreaField
        label="template.yml"
        name="template_yml"
        required
        rows={10}
        className="mono"
        spellCheck={false}
        defaultValue={template === null ? SAMPLE : writeTemplate(template)}
        hint="apt, pip and npm name packages; env sets variables; cpu_count and memory_mb say how much it has."
      />
    </ChangeDialog>
  );
}
