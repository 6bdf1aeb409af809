import type { AnyVariables, Client, TypedDocumentNode } from "@urql/core";

/** What the server says now, whatever was said before. */
export async function askAnew<Data, Variables extends AnyVariables>(
  client: Client,
  query: TypedDocumentNode<Data, Variables>,
  variables: Variables,
): Promise<Data> {
  const { data, error } = await client.query(query, variables, { requestPolicy: "network-only" }).toPromise();
  if (error || !data) throw error ?? new Error("the server sent no answer");
  return data;
}
