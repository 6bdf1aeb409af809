import type { CombinedError } from "@urql/core";
import { useMemo } from "react";
import { useClient } from "urql";
import { graphql } from "@/gql";
import { failureOf } from "@/lib/failure";
import { tellTakenBack } from "@/lib/takenBack";

const UndoMutation = graphql(`
  mutation Undo($position: Position!) {
    undo(position: $position)
  }
`);

const UndoRequestMutation = graphql(`
  mutation UndoRequest($request: ID!) {
    undoRequest(request: $request)
  }
`);

const RestoreMutation = graphql(`
  mutation Restore($id: ID!) {
    restore(id: $id)
  }
`);

const NewestChangesQuery = graphql(`
  query NewestChanges($id: ID!) {
    history(id: $id, first: 20) {
      nodes {
        position
        request
        kind
        isUndone
      }
    }
  }
`);

const UndoOutcomeQuery = graphql(`
  query UndoOutcome($position: Position!) {
    auditEvent(position: $position) {
      change {
        undoOutcome
      }
    }
  }
`);

const RequestAtQuery = graphql(`
  query RequestAt($position: Position!) {
    auditEvent(position: $position) {
      request
    }
  }
`);

/** Where it is recorded that something was taken back; or why it was not. */
export type TakenBack = { position: string } | { refusal: string };

const NO_ANSWER = "The server sent no answer.";

/** Ways to take back what was done, whoever did it. */
export function useTakeBack() {
  const client = useClient();
  return useMemo(() => {
    const settle = (position: string | undefined, error: CombinedError | undefined): TakenBack => {
      if (position === undefined) return { refusal: error ? failureOf(error).message : NO_ANSWER };
      tellTakenBack();
      return { position };
    };
    const undo = async (position: string) => {
      const { data, error } = await client.mutation(UndoMutation, { position }).toPromise();
      return settle(data?.undo, error);
    };
    const restore = async (id: string) => {
      const { data, error } = await client.mutation(RestoreMutation, { id }).toPromise();
      return settle(data?.restore, error);
    };
    /** All that one request did. */
    const undoRequest = async (request: string) => {
      const { data, error } = await client.mutation(UndoRequestMutation, { request }).toPromise();
      return settle(data?.undoRequest, error);
    };
    /** All that was done together with what happened at a position. */
    const undoTogether = async (position: string): Promise<TakenBack> => {
      const { data, error } = await client.query(RequestAtQuery, { position }).toPromise();
      return data?.auditEvent ? undoRequest(data.auditEvent.request) : settle(undefined, error);
    };
    /** What the newest event of a kind did to a thing, and all else that its request did. */
    const undoNewest = async (id: string, kind: string): Promise<TakenBack> => {
      const found = await client.query(NewestChangesQuery, { id }, { requestPolicy: "network-only" }).toPromise();
      if (!found.data) return settle(undefined, found.error);
      const change = found.data.history.nodes.find((each) => each.kind === kind && !each.isUndone);
      if (!change) return { refusal: "It was brought back already." };
      return undoRequest(change.request);
    };
    /** What becomes of a thing when a change of it is taken back; null where that is not known. */
    const outcomeOf = async (position: string) => {
      const asked = client.query(UndoOutcomeQuery, { position }, { requestPolicy: "network-only" });
      return (await asked.toPromise()).data?.auditEvent?.change?.undoOutcome ?? null;
    };
    return { undo, undoRequest, undoTogether, restore, undoNewest, outcomeOf };
  }, [client]);
}
