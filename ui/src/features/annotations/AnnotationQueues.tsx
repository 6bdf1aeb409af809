import { Plus, Search } from "lucide-react";
import { useRef } from "react";
import { Button } from "@/components/Button";
import { ColumnChoice } from "@/components/ColumnChoice";
import { chosenColumn } from "@/components/chosenColumn";
import { EmptyState } from "@/components/EmptyState";
import { Found } from "@/components/Found";
import { ListTable } from "@/components/ListTable";
import { Page } from "@/components/Page";
import { SearchBox } from "@/components/SearchBox";
import { ChosenQueues } from "@/features/annotations/ChosenQueues";
import { QueueDialog } from "@/features/annotations/QueueDialog";
import { QUEUE_COLUMNS, queueNameColumn, RARE_QUEUE_COLUMNS } from "@/features/annotations/queueColumns";
import { useQueueList } from "@/features/annotations/useQueueList";
import { focusBox } from "@/lib/focusBox";
import { useHotkeys } from "@/lib/hotkeys";
import { orderOf, type SortOrder } from "@/lib/sortOrder";
import { useChosen } from "@/lib/useChosen";
import { useColumnChoices } from "@/lib/useColumnChoices";

export type QueuesSearch = {
  name?: string | undefined;
  sort?: string | undefined;
  /** Whether the form for a new one is open. */
  create?: string | undefined;
};

type AnnotationQueuesProps = {
  workspace: string;
  projectId: string;
  search: QueuesSearch;
  onSearch: (search: QueuesSearch) => void;
  onQueueOpen: (id: string) => void;
};

const NEWEST: SortOrder = { field: "created_at", direction: "DESC" };

/** What waits for people to judge it. */
export function AnnotationQueues({ workspace, projectId, search, onSearch, onQueueOpen }: AnnotationQueuesProps) {
  const searchBox = useRef<HTMLInputElement>(null);
  const name = search.name ?? "";
  const order = orderOf(search.sort, NEWEST, (sort) => onSearch({ ...search, sort }));
  const queues = useQueueList(projectId, name, order.sort);
  const { list, failure } = queues;
  const chosen = useChosen(list?.items ?? []);
  const columns = useColumnChoices({ key: "queues.columns", columns: QUEUE_COLUMNS, rare: RARE_QUEUE_COLUMNS });
  useHotkeys({ "/": () => focusBox(searchBox) });
  const onName = (next: string) => onSearch({ ...search, name: next || undefined });
  const onCreating = (isOpen: boolean) => onSearch({ ...search, create: isOpen ? "true" : undefined });
  const create = (
    <Button kind="primary" onPress={() => onCreating(true)}>
      <Plus aria-hidden /> New queue
    </Button>
  );
  const isEmpty = list?.totalCount === 0 && name === "";
  return (
    <Page
      title="Annotation queues"
      count={list?.totalCount}
      actions={
        !isEmpty && (
          <>
            <ChosenQueues ids={chosen.rows.map(({ id }) => id)} onDeleted={chosen.clear} />
            <SearchBox
              label="Search queues"
              placeholder="Search by name"
              shortcut="/"
              icon={<Search aria-hidden />}
              value={name}
              inputRef={searchBox}
              isInstant
              onSubmit={onName}
            />
            <ColumnChoice labels={columns.labels} shown={columns.shownLabels} onToggle={columns.toggle} />
            {create}
          </>
        )
      }
    >
      <Found what="annotation queues" value={failure ? null : list} failure={failure} onRetry={queues.refresh}>
        {({ items, hasNextPage }) =>
          isEmpty ? (
            <EmptyState title="No queues yet" actions={create}>
              A queue gathers traces or threads that people are to judge, says what they are asked, and counts how far
              they are.
            </EmptyState>
          ) : items.length === 0 ? (
            <EmptyState
              title="No queue of that name"
              actions={<Button onPress={() => onName("")}>Clear search</Button>}
            />
          ) : (
            <ListTable
              label="Annotation queues"
              columns={[
                queueNameColumn(workspace, projectId),
                ...columns.shown,
                chosenColumn({ chosen: chosen.ids, toggle: chosen.toggle, all: chosen.all }),
              ]}
              rows={items}
              keyOf={({ id }) => id}
              isBusy={queues.isLoading}
              order={order}
              more={
                hasNextPage
                  ? { failure: queues.moreFailure, isLoading: queues.isLoadingMore, onMore: queues.loadMore }
                  : null
              }
            />
          )
        }
      </Found>
      <QueueDialog
        projectId={projectId}
        queue={null}
        isOpen={search.create !== undefined}
        onClose={() => onCreating(false)}
        onSaved={onQueueOpen}
      />
    </Page>
  );
}
