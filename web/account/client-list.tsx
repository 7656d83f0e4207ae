import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { ConnectedClient } from "#contract/oauth/client";
import { oauthRoutes } from "#contract/oauth/routes";
import { describeError } from "../api/describe-error.ts";
import { Ago } from "../parts/ago.tsx";
import { ErrorNotice } from "../parts/error-notice.tsx";
import { Skeleton } from "../parts/skeleton.tsx";
import { askAsPerson } from "./ask-as-person.ts";

/** The programs that act for the person, each to be disconnected. */
export function ClientList() {
  const clients = useQuery({
    queryKey: ["clients"],
    queryFn: ({ signal }) => askAsPerson().call(oauthRoutes.listConnectedClients, { signal }),
  });
  const [failure, setFailure] = useState("");
  async function end(client: string): Promise<void> {
    setFailure("");
    try {
      await askAsPerson().call(oauthRoutes.revokeConnectedClient, { params: { client } });
    } catch (error) {
      setFailure(describeError(error).detail);
    }
    await clients.refetch();
  }
  return (
    <section className="card" aria-labelledby="clients-heading">
      <h2 id="clients-heading">Programs that act for you</h2>
      {clients.isPending && <Skeleton rows={2} label="Loading the programs that act for you" />}
      {clients.isError && <ErrorNotice error={clients.error} onRetry={() => void clients.refetch()} />}
      {clients.isSuccess && clients.data.length === 0 && <p className="muted">None.</p>}
      {clients.isSuccess && clients.data.length > 0 && (
        <ul className="rows">
          {clients.data.map((client) => (
            <ClientRow key={client.id} client={client} onEnd={() => void end(client.id)} />
          ))}
        </ul>
      )}
      <p className="field-error" role="alert">
        {failure}
      </p>
    </section>
  );
}

function ClientRow({ client, onEnd }: { client: ConnectedClient; onEnd: () => void }) {
  const { client_name: name, workspace_name: place, scopes } = client;
  return (
    <li className="row">
      <span className="row-main">
        {name} in {place}
        <span className="muted">
          {scopes.join(", ")}, connected <Ago iso={client.connected_at} />
        </span>
      </span>
      <button type="button" aria-label={`Disconnect ${name} from ${place}`} onClick={onEnd}>
        Disconnect
      </button>
    </li>
  );
}
