import { useQuery } from "urql";
import { graphql } from "@/gql";

const PlaceOfIdQuery = graphql(`
  query PlaceOfId($id: ID!) {
    trace(id: $id) {
      id
      name
      projectId
    }
    span(id: $id) {
      id
      name
      projectId
      traceId
    }
  }
`);

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export type FoundPlace = { label: string; projectId: string; traceId: string; spanId: string | undefined };

/** The trace or span that has the text as its id. */
export function usePlaceOfId(text: string): FoundPlace | null {
  const id = text.trim().toLowerCase();
  const isId = ID.test(id);
  const [{ data }] = useQuery({ query: PlaceOfIdQuery, variables: { id }, pause: !isId });
  if (!isId || !data) return null;
  const { trace, span } = data;
  if (trace) {
    return { label: `Trace ${trace.name ?? id}`, projectId: trace.projectId, traceId: trace.id, spanId: undefined };
  }
  if (!span) return null;
  return { label: `Span ${span.name ?? id}`, projectId: span.projectId, traceId: span.traceId, spanId: span.id };
}
