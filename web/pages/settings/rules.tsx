import type { FormEvent } from "react";
import { retentionRoutes } from "#contract/retention/routes";
import type { ChangeSettings, WorkspaceSettings } from "#contract/retention/retention";
import { useApi } from "../../api/api-context.ts";
import { useChange } from "../../ui/use-change.ts";
import { useRead } from "../../api/use-read.ts";
import { ErrorNotice } from "../../parts/error-notice.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { ChoiceField, TextField } from "../../parts/labelled.tsx";
import { textOf } from "../../ui/dialog.tsx";

/** A number of a form's field; null where it is left empty. Pure. */
export function readNumber(text: string): number | null {
  return text === "" ? null : Number(text);
}

/** The settings that a form holds. Pure. */
export function readSettings(form: FormData): ChangeSettings {
  const asks = textOf(form, "approval_default");
  const held = textOf(form, "quarantine_pushes_of");
  const number = (name: string) => readNumber(textOf(form, name));
  const text = (name: string) => textOf(form, name) || null;
  return {
    retention_days: number("retention_days"),
    default_timeout_seconds: number("default_timeout_seconds"),
    approval_default: asks === "always" ? "always" : "never",
    quarantine_pushes_of: held === "all" || held === "agents" ? held : "none",
    default_model: text("default_model"),
    fallback_model: text("fallback_model"),
    daily_spend_cap_usd: number("daily_spend_cap_usd"),
    monthly_spend_cap_usd: number("monthly_spend_cap_usd"),
    user_daily_spend_cap_usd: number("user_daily_spend_cap_usd"),
    user_monthly_spend_cap_usd: number("user_monthly_spend_cap_usd"),
  };
}

/** What the workspace has set for itself. */
export function Rules({ mayChange }: { mayChange: boolean }) {
  const settings = useRead(retentionRoutes.getWorkspaceSettings);
  return (
    <section aria-labelledby="rules-heading">
      <h2 id="rules-heading">What holds for the workspace</h2>
      <Loaded query={settings} what="the settings">
        {(data) => <RulesForm settings={data} mayChange={mayChange} />}
      </Loaded>
    </section>
  );
}

function RulesForm({ settings, mayChange }: { settings: WorkspaceSettings; mayChange: boolean }) {
  const api = useApi();
  const change = useChange();
  function save(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const json = readSettings(new FormData(event.currentTarget));
    void change.make(
      () => api.call(retentionRoutes.changeWorkspaceSettings, { json }),
      "The settings are saved.",
    );
  }
  return (
    <form className="card" onSubmit={save}>
      <fieldset className="plain" disabled={!mayChange}>
        <legend className="visually-hidden">Settings of the workspace</legend>
        <div className="field-columns">
          <RuleFields settings={settings} />
          <ModelFields settings={settings} />
          <CapFields settings={settings} />
        </div>
      </fieldset>
      {change.error !== undefined && <ErrorNotice error={change.error} />}
      {mayChange && (
        <button type="submit" className="primary" disabled={change.busy}>
          {change.busy ? "Saving …" : "Save"}
        </button>
      )}
    </form>
  );
}

function RuleFields({ settings }: { settings: WorkspaceSettings }) {
  return (
    <>
      <TextField
        label="Days for which ended runs are kept"
        name="retention_days"
        type="number"
        min={1}
        max={3650}
        defaultValue={settings.retention_days ?? ""}
        hint="Left empty, for ever."
      />
      <TextField
        label="Seconds that runs may take"
        name="default_timeout_seconds"
        type="number"
        min={1}
        defaultValue={settings.default_timeout_seconds ?? ""}
        hint="Where worker.yml does not say; from the next push on."
      />
      <ChoiceField
        label="Workers ask people before they act"
        name="approval_default"
        defaultValue={settings.approval_default ?? "never"}
        choices={[
          ["never", "Where their worker.yml says so"],
          ["always", "Unless their worker.yml says no"],
        ]}
        hint="From the next push on."
      />
      <ChoiceField
        label="Pushes that wait for a review"
        name="quarantine_pushes_of"
        defaultValue={settings.quarantine_pushes_of ?? "none"}
        choices={[
          ["none", "Nobody’s"],
          ["agents", "Those of agents"],
          ["all", "Everybody’s"],
        ]}
      />
    </>
  );
}

function ModelFields({ settings }: { settings: WorkspaceSettings }) {
  return (
    <>
      <TextField
        label="Model of agents"
        name="default_model"
        defaultValue={settings.default_model ?? ""}
        placeholder="anthropic/claude-sonnet-4-6"
        hint="Where SKILL.md or worker.yml names none."
      />
      <TextField
        label="Model that takes over"
        name="fallback_model"
        defaultValue={settings.fallback_model ?? ""}
        hint="Where the first cannot be asked."
      />
    </>
  );
}

function CapFields({ settings }: { settings: WorkspaceSettings }) {
  const cap = (label: string, name: string, value: number | null) => (
    <TextField
      label={label}
      name={name}
      type="number"
      min={0}
      step="any"
      defaultValue={value ?? ""}
      hint="Left empty, as the server says."
    />
  );
  return (
    <>
      {cap("Dollars a day, all together", "daily_spend_cap_usd", settings.daily_spend_cap_usd)}
      {cap("Dollars a month, all together", "monthly_spend_cap_usd", settings.monthly_spend_cap_usd)}
      {cap("Dollars a day, each person", "user_daily_spend_cap_usd", settings.user_daily_spend_cap_usd)}
      {cap("Dollars a month, each person", "user_monthly_spend_cap_usd", settings.user_monthly_spend_cap_usd)}
    </>
  );
}
