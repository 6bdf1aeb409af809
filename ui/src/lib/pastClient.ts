import { Client, fetchExchange, makeOperation, mapExchange, type Operation } from "@urql/core";
import { cacheExchange } from "@urql/exchange-graphcache";
import { retryExchange } from "@urql/exchange-retry";
import type { DefinitionNode, DocumentNode, FieldNode, Kind } from "graphql";
import { CACHE_KEYS, TRANSPORT } from "@/lib/graphqlClient";
import { isWaitedFor } from "@/lib/momentMade";

const CLIENTS_MAX = 8;
/** The server waits some seconds itself before it says that a moment is not ready. */
const ASK_AGAIN_MS = 500;
const clients = new Map<string, Client>();

/** Asks the same questions of the workspace as it was after the event at a position. It keeps its answers apart. */
export function pastClientOf(position: string): Client {
  const client = clients.get(position) ?? createPastClient(position);
  // The one that was asked for last comes last: the first has waited longest.
  clients.delete(position);
  clients.set(position, client);
  for (const oldest of clients.keys()) {
    if (clients.size <= CLIENTS_MAX) break;
    clients.delete(oldest);
  }
  return client;
}

function createPastClient(position: string): Client {
  return new Client({
    ...TRANSPORT,
    exchanges: [
      // The past does not change: what it said once is not asked again.
      mapExchange({ onOperation: (operation) => changed(operation, { context: { requestPolicy: "cache-first" } }) }),
      cacheExchange({ keys: CACHE_KEYS }),
      mapExchange({
        onOperation: (operation) => changed(operation, { query: asOf(operation.query, position) }),
        onResult: (result) => ({ ...result, data: result.error ? undefined : result.data?.asOf }),
      }),
      // Below what puts the moment around a question, or that would be put around it again.
      retryExchange({
        retryIf: (error) => isWaitedFor(position, error),
        initialDelayMs: ASK_AGAIN_MS,
        maxDelayMs: ASK_AGAIN_MS,
        randomDelay: false,
        maxNumberAttempts: Number.POSITIVE_INFINITY,
      }),
      fetchExchange,
    ],
  });
}

type Changes = { query?: DocumentNode; context?: Partial<Operation["context"]> };

function changed(operation: Operation, { query = operation.query, context = {} }: Changes): Operation {
  if (operation.kind !== "query") return operation;
  return makeOperation("query", { ...operation, query }, { ...operation.context, ...context });
}

/** The document with all that it asks for within `asOf`. */
export function asOf(document: DocumentNode, position: string): DocumentNode {
  const name = (value: string) => ({ kind: "Name" as Kind.NAME, value });
  const within = (definition: DefinitionNode): DefinitionNode => {
    if (definition.kind !== "OperationDefinition") return definition;
    const field: FieldNode = {
      kind: "Field" as Kind.FIELD,
      name: name("asOf"),
      arguments: [
        {
          kind: "Argument" as Kind.ARGUMENT,
          name: name("position"),
          value: { kind: "StringValue" as Kind.STRING, value: position },
        },
      ],
      selectionSet: definition.selectionSet,
    };
    return { ...definition, selectionSet: { ...definition.selectionSet, selections: [field] } };
  };
  return { kind: "Document" as Kind.DOCUMENT, definitions: document.definitions.map(within) };
}
