import { Client, CombinedError, type Exchange, makeResult, type Operation, type OperationResult } from "@urql/core";
import { GraphQLError, getOperationAST } from "graphql";
import type { ReactNode } from "react";
import { Provider } from "urql";
import { filter, fromPromise, makeSubject, map, merge, mergeMap, pipe, share } from "wonka";

type Answer = { data?: Record<string, unknown>; error?: GraphQLError | Error };
type Answers = Record<string, (variables: Record<string, unknown>) => Answer>;

/** A GraphQL server of a test: answers by operation name, remembers what it was asked, and can tell changes. */
export function fakeServer(answers: Answers) {
  const asked: { name: string; variables: Record<string, unknown> }[] = [];
  const live = makeSubject<{ name: string; data: Record<string, unknown> }>();

  const answer = async (operation: Operation): Promise<OperationResult> => {
    const name = nameOf(operation);
    const variables = operation.variables as Record<string, unknown>;
    asked.push({ name, variables });
    const result = answers[name]?.(variables);
    if (!result) throw new Error(`the test has no answer to \`${name}\``);
    const made = makeResult(operation, { data: result.data ?? null });
    if (!result.error) return made;
    const isRefusal = result.error instanceof GraphQLError;
    const error = new CombinedError(
      isRefusal ? { graphQLErrors: [result.error as GraphQLError] } : { networkError: result.error },
    );
    return { ...made, data: undefined, error };
  };

  const exchange: Exchange = () => (operations) => {
    const shared = share(operations);
    const replies = pipe(
      shared,
      filter((operation) => operation.kind === "query" || operation.kind === "mutation"),
      mergeMap((operation) => fromPromise(answer(operation))),
    );
    const changes = pipe(
      shared,
      filter((operation) => operation.kind === "subscription"),
      mergeMap((operation) => {
        asked.push({ name: nameOf(operation), variables: operation.variables as Record<string, unknown> });
        return pipe(
          live.source,
          filter((change) => change.name === nameOf(operation)),
          map((change) => makeResult(operation, { data: change.data, hasNext: true })),
        );
      }),
    );
    return merge([replies, changes]);
  };

  const client = new Client({ url: "/graphql", preferGetMethod: false, exchanges: [exchange] });
  return {
    asked,
    /** With what an operation was asked for last; other operations may have come after it. */
    lastAsked: (name: string) => asked.findLast((operation) => operation.name === name)?.variables,
    tell: (name: string, data: Record<string, unknown>) => live.next({ name, data }),
    wrap: (children: ReactNode) => <Provider value={client}>{children}</Provider>,
  };
}

function nameOf(operation: Operation): string {
  return getOperationAST(operation.query as Parameters<typeof getOperationAST>[0])?.name?.value ?? "";
}
