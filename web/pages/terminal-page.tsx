import { useEffect, useState } from "react";
import type { FormEvent } from "react";
import type { DecidedDevice, WaitingDevice } from "#contract/devices/device";
import { deviceRoutes } from "#contract/devices/routes";
import { useApi } from "../api/api-context.ts";
import { ErrorNotice } from "../parts/error-notice.tsx";
import { PageHeading } from "../parts/page-heading.tsx";

/** The code that a terminal's link brought behind `#`; empty for none. */
export function readCode(hash: string): string {
  return new URLSearchParams(hash.replace(/^#/, "")).get("user_code")?.slice(0, 40) ?? "";
}

/**
 * Where a person decides whether a terminal may act for them. A link only fills in the code: nothing is asked, and
 * nothing decided, before they press a button.
 */
export function TerminalPage() {
  const api = useApi();
  const [code, setCode] = useState("");
  const [waiting, setWaiting] = useState<WaitingDevice>();
  const [decided, setDecided] = useState<DecidedDevice>();
  const [failure, setFailure] = useState<unknown>();
  const [busy, setBusy] = useState(false);

  // A second link that is opened where the page is already changes the address and loads nothing.
  useEffect(() => {
    function takeCode(): void {
      setCode(readCode(window.location.hash));
      setWaiting(undefined);
      setDecided(undefined);
    }
    takeCode();
    window.addEventListener("hashchange", takeCode);
    return () => window.removeEventListener("hashchange", takeCode);
  }, []);

  async function attempt(act: () => Promise<void>): Promise<void> {
    setBusy(true);
    setFailure(undefined);
    try {
      await act();
    } catch (error) {
      setFailure(error);
    }
    setBusy(false);
  }
  const lookUp = () =>
    attempt(async () => setWaiting(await api.call(deviceRoutes.lookUpDevice, { json: { user_code: code } })));
  const decide = (verdict: "approve" | "deny", user_code: string) =>
    attempt(async () => {
      const route = verdict === "approve" ? deviceRoutes.approveDevice : deviceRoutes.denyDevice;
      setDecided(await api.call(route, { json: { user_code } }));
    });

  return (
    <div className="narrow">
      <PageHeading title="Let a terminal in?" />
      {failure !== undefined && <ErrorNotice error={failure} />}
      {decided !== undefined && <Decided decided={decided} />}
      {decided === undefined && waiting !== undefined && (
        <Waiting
          waiting={waiting}
          busy={busy}
          onDecide={(verdict) => void decide(verdict, waiting.user_code)}
        />
      )}
      {decided === undefined && waiting === undefined && (
        <CodeForm code={code} busy={busy} onCode={setCode} onSubmit={() => void lookUp()} />
      )}
    </div>
  );
}

interface CodeFormProps {
  code: string;
  busy: boolean;
  onCode: (code: string) => void;
  onSubmit: () => void;
}

function CodeForm({ code, busy, onCode, onSubmit }: CodeFormProps) {
  function submit(event: FormEvent): void {
    event.preventDefault();
    onSubmit();
  }
  return (
    <form className="card" onSubmit={submit}>
      <div className="field">
        <label htmlFor="code">Code</label>
        <input
          id="code"
          autoComplete="off"
          spellCheck={false}
          aria-describedby="code-help"
          value={code}
          onChange={(event) => onCode(event.currentTarget.value)}
        />
        <p id="code-help" className="muted">
          The terminal in which you typed <code>floom login</code> shows it, like BCDF-GHJK.
        </p>
      </div>
      <button type="submit" className="primary" disabled={busy || code.trim() === ""}>
        Continue
      </button>
    </form>
  );
}

interface WaitingProps {
  waiting: WaitingDevice;
  busy: boolean;
  onDecide: (verdict: "approve" | "deny") => void;
}

/** Everything by which a person can tell whether it is their own terminal, and what it would get. */
export function Waiting({ waiting, busy, onDecide }: WaitingProps) {
  return (
    <section className="card">
      <dl className="facts">
        <div>
          <dt>Code</dt>
          <dd>
            <strong>{waiting.user_code}</strong>
          </dd>
        </div>
        <div>
          <dt>It says it is</dt>
          <dd>{waiting.client_name}</dd>
        </div>
        <div>
          <dt>Asked from</dt>
          <dd>{waiting.address ?? "an unknown address"}</dd>
        </div>
        <div>
          <dt>Asked at</dt>
          <dd>
            <time dateTime={waiting.created_at}>{new Date(waiting.created_at).toLocaleTimeString()}</time>
          </dd>
        </div>
        <div>
          <dt>Workspace</dt>
          <dd>
            <code>{waiting.workspace_id}</code>
          </dd>
        </div>
        <div>
          <dt>It may then, for {waiting.token_days} days</dt>
          <dd>{waiting.scopes.length === 0 ? "do nothing that you may" : waiting.scopes.join(", ")}</dd>
        </div>
      </dl>
      <p className="notice">
        Approve only if you began this yourself a moment ago, and your own terminal shows this very code. With
        the code of somebody else, they act as you.
      </p>
      <div className="actions">
        <button type="button" disabled={busy} onClick={() => onDecide("deny")}>
          Deny
        </button>
        <button
          type="button"
          className="primary"
          disabled={busy || waiting.scopes.length === 0}
          onClick={() => onDecide("approve")}
        >
          Approve
        </button>
      </div>
    </section>
  );
}

function Decided({ decided: { status, client_name } }: { decided: DecidedDevice }) {
  return (
    <output className="card">
      {status === "approved"
        ? `${client_name} is let in. You can close this page.`
        : `${client_name} was turned away. If you did not begin this, somebody tried to get in as you.`}
    </output>
  );
}
