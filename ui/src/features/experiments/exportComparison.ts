import type { Client } from "@urql/core";
import { labelOf, unitOf } from "@/features/experiments/comparison";
import type { Side } from "@/features/experiments/useComparison";
import { type DocumentType, graphql } from "@/gql";
import type { ComparisonFocus } from "@/gql/graphql";
import { writeCsv } from "@/lib/csv";
import { download } from "@/lib/download";
import { failureOf } from "@/lib/failure";

const ExportedItemsQuery = graphql(`
  query ExportedItems($ids: [ID!]!, $focus: ComparisonFocus, $first: Int!, $after: String) {
    compareExperiments(ids: $ids, focus: $focus, first: $first, after: $after) {
      nodes {
        datasetItemId
        datasetItem {
          id
          data
        }
        cells {
          experimentId
          items {
            id
            traceId
            trace {
              id
              output
            }
          }
          values {
            measure
            value
            difference
          }
          runs {
            passedCount
            totalCount
          }
        }
      }
      pageInfo {
        endCursor
        hasNextPage
      }
    }
  }
`);

type Page = DocumentType<typeof ExportedItemsQuery>["compareExperiments"];
type Row = Page["nodes"][number];

const PAGE_ITEMS = 100;
const EXPORTED_ITEMS_MAX = 20_000;

type Exported = { ids: readonly string[]; focus: ComparisonFocus | null; sides: readonly Side[] };

/** The items in this order, with what each experiment made of them, as a file. Says what there is to say of it. */
export async function exportComparison(client: Client, { ids, focus, sides }: Exported): Promise<string | null> {
  const rows: Row[] = [];
  let after: string | null = null;
  let isCut = false;
  for (;;) {
    const answer: { data: Page | null; problem: string | null } = await readPage(client, { ids, focus, after });
    if (!answer.data) return answer.problem;
    rows.push(...answer.data.nodes);
    isCut = answer.data.pageInfo.hasNextPage && rows.length >= EXPORTED_ITEMS_MAX;
    if (!answer.data.pageInfo.hasNextPage || isCut) break;
    after = answer.data.pageInfo.endCursor ?? null;
  }
  const name = sides.map(({ experiment }) => experiment.name).join(" and ");
  download(
    `${name.slice(0, 120)}.csv`,
    "text/csv",
    writeCsv([headOf(sides), ...rows.map((row) => lineOf(row, sides))]),
  );
  return isCut ? `The file has the first ${EXPORTED_ITEMS_MAX} items.` : null;
}

async function readPage(client: Client, { ids, focus, after }: Omit<Exported, "sides"> & { after: string | null }) {
  const variables = { ids: [...ids], focus, first: PAGE_ITEMS, after };
  const { data, error } = await client
    .query(ExportedItemsQuery, variables, { requestPolicy: "network-only" })
    .toPromise();
  const problem = error ? failureOf(error).message : data ? null : "The server sent no answer.";
  return { data: data?.compareExperiments ?? null, problem };
}

function headOf(sides: readonly Side[]): string[] {
  const columns = sides.flatMap(({ experiment: { name }, measures }, side) => [
    `${name}: output`,
    `${name}: trace`,
    `${name}: passed runs`,
    `${name}: runs with assertions`,
    ...measures.flatMap(({ measure }) => {
      const unit = unitOf(measure);
      const label = `${name}: ${labelOf(measure)}${unit ? ` (${unit})` : ""}`;
      return side === 0 ? [label] : [label, `${label}, difference`];
    }),
  ]);
  return ["item", "data", ...columns];
}

function lineOf({ datasetItemId, datasetItem, cells }: Row, sides: readonly Side[]) {
  const columns = sides.flatMap(({ experiment, measures }, side) => {
    const cell = cells.find(({ experimentId }) => experimentId === experiment.id);
    const inMeasure = (name: string) => cell?.values.find(({ measure }) => measure === name);
    return [
      cell?.items.map(({ trace }) => trace?.output ?? "").join("\n"),
      cell?.items.map(({ traceId }) => traceId).join("\n"),
      cell?.runs?.passedCount,
      cell?.runs?.totalCount,
      ...measures.flatMap(({ measure }) => {
        const found = inMeasure(measure);
        return side === 0 ? [found?.value] : [found?.value, found?.difference];
      }),
    ];
  });
  return [datasetItemId, datasetItem?.data, ...columns];
}
