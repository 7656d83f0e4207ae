import type { Json } from "#contract/json";
import type { McpCaller } from "../caller.ts";

/** A resource as a client's list has it. */
export interface ResourceDescriptor {
  uri: string;
  name: string;
  title: string;
  description?: string;
  mimeType?: string;
  /** The SDK's results are open. */
  [more: string]: unknown;
}

/** A pattern of addresses that no list could hold. */
export interface ResourceTemplate {
  uriTemplate: string;
  name: string;
  title: string;
  description: string;
  [more: string]: unknown;
}

interface ContentFacts {
  uri: string;
  mimeType: string;
  _meta?: Record<string, Json>;
  [more: string]: unknown;
}

/** What a resource holds: text, or bytes in base64. */
export type ResourceContent = ContentFacts & ({ text: string } | { blob: string });

export interface ResourcePage {
  resources: ResourceDescriptor[];
  /** Where the list goes on; absent at its end. */
  nextCursor?: string;
  [more: string]: unknown;
}

/** What a workspace has to read. */
export interface ResourceSource {
  /** One page; null where `cursor` is none that was given out. */
  list: (caller: McpCaller, cursor: string | undefined) => Promise<ResourcePage | null>;
  templates: (caller: McpCaller) => readonly ResourceTemplate[];
  /** What the address holds; null where there is nothing, or nothing that the caller may read. */
  read: (caller: McpCaller, uri: string) => Promise<ResourceContent | null>;
}
