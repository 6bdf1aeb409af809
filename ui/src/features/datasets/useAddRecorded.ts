import { useClient, useMutation, useQuery } from "urql";
import { graphql } from "@/gql";
import type { DatasetItemInput } from "@/gql/graphql";
import { failureOf } from "@/lib/failure";

const DatasetNamesQuery = graphql(`
  query DatasetNames($projectId: ID!) {
    datasets(projectId: $projectId, first: 100) {
      nodes {
        id
        name
      }
    }
  }
`);

const TraceBodiesQuery = graphql(`
  query TraceBodies($id: ID!) {
    trace(id: $id) {
      id
      input
      output
      metadata
    }
  }
`);

const SpanBodiesQuery = graphql(`
  query SpanBodies($id: ID!) {
    span(id: $id) {
      id
      traceId
      input
      output
      metadata
    }
  }
`);

const NewDatasetMutation = graphql(`
  mutation NewDataset($projectId: ID!, $name: String!) {
    createDataset(input: { projectId: $projectId, name: $name }) {
      id
    }
  }
`);

const AddRecordedMutation = graphql(`
  mutation AddRecorded($input: PutDatasetItemsInput!) {
    putDatasetItems(input: $input) {
      id
      itemCount
      versionCount
    }
  }
`);

export type Recorded = { kind: "TRACE" | "SPAN"; id: string };
type Keys = { inputKey: string; outputKey: string; withMetadata: boolean };
type Bodies = { input?: string | null; output?: string | null; metadata?: string | null };

const TOGETHER = 8;

export function useAddRecorded(projectId: string) {
  const client = useClient();
  const [{ data }] = useQuery({
    query: DatasetNamesQuery,
    variables: { projectId },
    requestPolicy: "cache-and-network",
  });
  const [, create] = useMutation(NewDatasetMutation);
  const [, put] = useMutation(AddRecordedMutation);

  const read = async ({ kind, id }: Recorded, keys: Keys): Promise<DatasetItemInput | null> => {
    if (kind === "TRACE") {
      const { trace } = (await client.query(TraceBodiesQuery, { id }).toPromise()).data ?? {};
      return trace ? { data: dataOf(trace, keys), source: "TRACE", traceId: id } : null;
    }
    const { span } = (await client.query(SpanBodiesQuery, { id }).toPromise()).data ?? {};
    return span ? { data: dataOf(span, keys), source: "SPAN", traceId: span.traceId, spanId: id } : null;
  };
  const readAll = async (recorded: readonly Recorded[], keys: Keys) => {
    const items: DatasetItemInput[] = [];
    for (let at = 0; at < recorded.length; at += TOGETHER) {
      const found = await Promise.all(recorded.slice(at, at + TOGETHER).map((each) => read(each, keys)));
      items.push(...found.filter((item) => item !== null));
    }
    return items;
  };
  /** Says what went wrong, if something did. */
  const add = async (recorded: readonly Recorded[], dataset: { id: string } | { name: string }, keys: Keys) => {
    const items = await readAll(recorded, keys);
    if (items.length === 0) return "Nothing of it could be read.";
    let id = "id" in dataset ? dataset.id : null;
    if ("name" in dataset) {
      const made = await create({ projectId, name: dataset.name });
      if (made.error) return failureOf(made.error).message;
      id = made.data?.createDataset.id ?? null;
    }
    if (!id) return "The server sent no answer.";
    // A group of its own makes a version of its own.
    const { error } = await put({ input: { datasetId: id, items, groupId: crypto.randomUUID() } });
    return error ? failureOf(error).message : null;
  };
  return { datasets: data?.datasets.nodes ?? [], add };
}

/** The bodies as they are, under the keys that were asked for. */
function dataOf({ input, output, metadata }: Bodies, { inputKey, outputKey, withMetadata }: Keys): string {
  const parts = [
    [inputKey.trim(), input],
    [outputKey.trim(), output],
    [withMetadata ? "metadata" : "", metadata],
  ].flatMap(([key, text]) => (key && text ? [`${JSON.stringify(key)}:${text}`] : []));
  return `{${parts.join(",")}}`;
}
