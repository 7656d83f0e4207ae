import { useLocation } from "wouter";
import { connectionRoutes } from "#contract/connections/routes";
import type { Connection, ConnectionTool } from "#contract/connections/connection";
import { showLine } from "#contract/outputs/show-text";
import { useApi } from "../../api/api-context.ts";
import { useMay } from "../../api/use-may.ts";
import { useRead } from "../../api/use-read.ts";
import { JsonTree } from "../../outputs/json-tree.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { Moment } from "../../parts/moment.tsx";
import { Pill } from "../../parts/pill.tsx";
import type { Tone } from "../../parts/pill.tsx";
import { useSay } from "../../parts/said.tsx";
import { ChangeButton } from "../../ui/change-button.tsx";
import { ConfirmButton } from "../../ui/confirm-button.tsx";

const states: Record<ConnectionTool["state"], { tone: Tone; words: string }> = {
  new: { tone: "wait", words: "Not accepted yet" },
  accepted: { tone: "good", words: "Accepted" },
  changed: { tone: "bad", words: "Has changed" },
  gone: { tone: "plain", words: "Is gone" },
};

/** What can be done with a connection, and its tools with what a person has said of each. */
export function ConnectionBody({ connection }: { connection: Connection }) {
  const may = useMay()("secrets:write");
  const tools = useRead(connectionRoutes.listConnectionTools, { params: { connection: connection.id } });
  return (
    <>
      {may && <ConnectionActions connection={connection} />}
      <section aria-labelledby="tools-heading">
        <h2 id="tools-heading">Tools</h2>
        <Loaded query={tools} what="its tools">
          {({ tools: all, listed_at: at }) => (
            <>
              <p className="muted">
                {at === null ? (
                  "Not asked for yet."
                ) : (
                  <>
                    Asked for <Moment iso={at} />.
                  </>
                )}{" "}
                A tool that has changed since it was accepted is not called.
              </p>
              {all.length === 0 ? (
                <p className="card muted">Its server lists none; a test asks it anew.</p>
              ) : (
                <Tools connection={connection} tools={all} mayChange={may} />
              )}
            </>
          )}
        </Loaded>
      </section>
    </>
  );
}

function ConnectionActions({ connection }: { connection: Connection }) {
  const api = useApi();
  const say = useSay();
  const [, navigate] = useLocation();
  const { id, display_name: name, status } = connection;
  const params = { connection: id };
  return (
    <div className="actions">
      <ChangeButton
        label="Test"
        className=""
        said=""
        onPress={async () => say((await api.call(connectionRoutes.testConnection, { params })).reason)}
      />
      {connection.kind !== "http" && (
        <ChangeButton
          label={status === "active" ? "Sign in again" : "Sign in"}
          className=""
          said=""
          onPress={async () => {
            const { url } = await api.call(connectionRoutes.authorizeConnection, { params });
            window.location.assign(url);
          }}
        />
      )}
      <ChangeButton
        label={status === "disabled" ? "Switch on" : "Switch off"}
        className=""
        said={status === "disabled" ? `${name} is on.` : `Nothing is called over ${name} any more.`}
        onPress={() =>
          api.call(connectionRoutes.patchConnection, { params, json: { enabled: status === "disabled" } })
        }
      />
      <ConfirmButton
        label="Remove"
        className="danger"
        title={`Remove ${name}?`}
        typeToConfirm={connection.name}
        said={`${name} is removed.`}
        onConfirm={() => api.call(connectionRoutes.deleteConnection, { params })}
        onDone={() => navigate("/connections")}
      >
        <p>Its credentials go with it. Starts of workers that declare it are refused from then on.</p>
      </ConfirmButton>
    </div>
  );
}

interface ToolsProps {
  connection: Connection;
  tools: readonly ConnectionTool[];
  mayChange: boolean;
}

function Tools({ connection, tools, mayChange }: ToolsProps) {
  const api = useApi();
  const open = tools.filter(({ state }) => state === "new" || state === "changed");
  const accept = (chosen: readonly ConnectionTool[]) =>
    api.call(connectionRoutes.pinConnectionTools, {
      params: { connection: connection.id },
      json: { tools: chosen.map(({ name, digest }) => ({ name, digest })) },
    });
  return (
    <>
      <div className="card stack">
        {tools.map((tool) => (
          <details key={tool.name} className="call">
            <summary>
              <Pill tone={states[tool.state].tone}>{states[tool.state].words}</Pill>{" "}
              <strong>{showLine(tool.title ?? tool.name, 120)}</strong>{" "}
              <span className="muted">
                {tool.effect === "read" ? "reads" : "may change things"}
                {!tool.allowed && ", not allowed"}
              </span>
            </summary>
            <p className="preserved">{showLine(tool.description, 2000)}</p>
            <p className="muted">
              <code>{tool.full_name}</code>
              {tool.claims !== null && ` · Its server says: ${showLine(tool.claims, 200)}`}
            </p>
            <JsonTree value={tool.input_schema} label={`What ${tool.name} takes`} />
            {mayChange && (tool.state === "new" || tool.state === "changed") && (
              <ChangeButton
                label="Accept it as it is"
                name={`Accept it as it is: ${tool.name}`}
                said={`${tool.name} is accepted.`}
                onPress={() => accept([tool])}
              />
            )}
          </details>
        ))}
      </div>
      {mayChange && open.length > 1 && (
        <ConfirmButton
          label={`Accept all ${open.length}`}
          title={`Accept ${open.length} tools as they are?`}
          isDanger={false}
          className=""
          said="They are accepted."
          onConfirm={() => accept(open)}
        >
          <p>Their descriptions and what they take are held: one that changes later is not called.</p>
          <ul className="dashes">
            {open.map(({ name }) => (
              <li key={name}>{name}</li>
            ))}
          </ul>
        </ConfirmButton>
      )}
    </>
  );
}
