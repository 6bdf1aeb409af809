import { Flame } from "lucide-react";
import { useState } from "react";
import { Badge } from "@/components/Badge";
import { Button } from "@/components/Button";
import { EmptyState } from "@/components/EmptyState";
import { Found } from "@/components/Found";
import { type ListColumn, ListTable, RowNote } from "@/components/ListTable";
import { SectionHead } from "@/components/SectionHead";
import { Time } from "@/components/Time";
import { EraseDialog } from "@/entities/erasure/EraseDialog";
import { type DocumentType, graphql } from "@/gql";
import type { ErasureStage, ErasureSubject } from "@/gql/graphql";
import { formatCount } from "@/lib/format";
import { useWatched } from "@/lib/useWatched";

const ErasuresQuery = graphql(`
  query Erasures($first: Int!) {
    erasures(first: $first) {
      id
      subject
      subjectId
      stage
      isDone
      traces
      events
      begunAt
      begunBy
      endedAt
    }
  }
`);

type Erasure = DocumentType<typeof ErasuresQuery>["erasures"][number];

const PAGE_ERASURES = 50;

/** What was erased for good, and how far that is; and the erasing of all that names a user. */
export function Erasures() {
  const [wanted, setWanted] = useState(PAGE_ERASURES);
  // One more than is shown tells whether there are more.
  const { data, failure, isLoading, refresh } = useWatched({
    query: ErasuresQuery,
    variables: { first: wanted + 1 },
    of: { kinds: ["ERASURE"] },
  });
  const [isErasing, setErasing] = useState(false);
  return (
    <section aria-labelledby="erasures">
      <SectionHead
        id="erasures"
        title="Erasures"
        actions={
          <Button kind="danger" onPress={() => setErasing(true)}>
            <Flame aria-hidden /> Erase a user…
          </Button>
        }
      >
        What was taken out for good. Traces, threads and projects are erased from their menus, users here.
      </SectionHead>
      <Found what="erasures" value={data?.erasures} failure={failure} onRetry={refresh}>
        {(erasures) =>
          erasures.length === 0 ? (
            <EmptyState title="Nothing was erased">
              What is deleted lies in the trash. What must not be there any more is erased.
            </EmptyState>
          ) : (
            <ListTable
              label="Erasures"
              columns={COLUMNS}
              rows={erasures.slice(0, wanted)}
              keyOf={({ id }) => id}
              more={
                erasures.length > wanted
                  ? { failure: null, isLoading, onMore: () => setWanted(wanted + PAGE_ERASURES) }
                  : null
              }
            />
          )
        }
      </Found>
      <EraseDialog thing={{ kind: "user" }} isOpen={isErasing} onOpenChange={setErasing} onErased={refresh} />
    </section>
  );
}

const SUBJECTS: Record<ErasureSubject, string> = { TRACE: "Trace", THREAD: "Thread", USER: "User", PROJECT: "Project" };

const STAGES: Record<ErasureStage, string> = {
  LOOKING: "looking for it, 1 of 2",
  SCRUBBING: "rewriting without it, 2 of 2",
  DONE: "done",
};

const COLUMNS: ListColumn<Erasure>[] = [
  {
    label: "What",
    cell: ({ subject, subjectId }) => (
      <>
        <strong>{SUBJECTS[subject]}</strong>
        <RowNote>{subjectId ?? "whose ID is not kept"}</RowNote>
      </>
    ),
  },
  {
    label: "State",
    cell: ({ stage, isDone }) => <Badge tone={isDone ? "accent" : "plain"}>{STAGES[stage]}</Badge>,
  },
  { label: "Traces", isNumeric: true, cell: ({ traces }) => formatCount(traces) },
  { label: "Events", isNumeric: true, isMinor: true, cell: ({ events }) => formatCount(events) },
  { label: "By", isMinor: true, cell: ({ begunBy }) => begunBy },
  { label: "Begun", isMinor: true, cell: ({ begunAt }) => <Time at={begunAt} style="relative" /> },
  { label: "Done", isMinor: true, cell: ({ endedAt }) => (endedAt ? <Time at={endedAt} style="relative" /> : "–") },
];
