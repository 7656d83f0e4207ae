import { startSandboxServer } from "../../test/support/sandbox-server.ts";
import { openPlace } from "./place.ts";
import type { OpenPlace } from "./place.ts";

/** A place with its name, and what ends it and all that is in it. */
export interface Opened {
  place: OpenPlace;
  name: string;
  close: () => Promise<void>;
}

/** E2B's cloud, for the account of the key. */
export function openCloud(apiKey: string): Opened {
  const place = openPlace({ apiKey }, undefined);
  return { place, name: "E2B's cloud", close: () => place.close() };
}

/** A local sandbox server of its own. Throws with the server's words when no sandbox can be isolated here. */
export async function openLocal(): Promise<Opened> {
  const server = await startSandboxServer({ pool: 2 });
  const place = openPlace(server.sdk, server.url);
  const close = async (): Promise<void> => {
    await place.close();
    await server.stop();
  };
  return { place, name: "a local sandbox server", close };
}
