import { useQuery } from "urql";
import { graphql } from "@/gql";

const PromptNameQuery = graphql(`
  query PromptName($id: ID!) {
    prompt(id: $id) {
      id
      name
    }
  }
`);

/** How a prompt is called, where one knows its id alone. */
export function PromptName({ promptId }: { promptId: string }) {
  const [{ data }] = useQuery({ query: PromptNameQuery, variables: { id: promptId } });
  return <strong>{data ? (data.prompt?.name ?? "that was deleted") : "…"}</strong>;
}
