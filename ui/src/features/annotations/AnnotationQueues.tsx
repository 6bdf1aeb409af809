import { CatalogPage } from "@/components/CatalogPage";
import { DeleteChosen } from "@/entities/history/DeleteChosen";
import { DeleteAnnotationQueuesMutation } from "@/features/annotations/deleteQueues";
import { QueueDialog } from "@/features/annotations/QueueDialog";
import { QUEUE_COLUMNS, queueNameColumn, RARE_QUEUE_COLUMNS } from "@/features/annotations/queueColumns";
import { useQueueList } from "@/features/annotations/useQueueList";
import { NEWEST_FIRST, orderOf } from "@/lib/sortOrder";

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

const QUEUES = { one: "queue", many: "queues" };

/** What waits for people to judge it. */
export function AnnotationQueues({ workspace, projectId, search, onSearch, onQueueOpen }: AnnotationQueuesProps) {
  const { name = "" } = search;
  const order = orderOf(search.sort, NEWEST_FIRST, (sort) => onSearch({ ...search, sort }));
  const onCreating = (isOpen: boolean) => onSearch({ ...search, create: isOpen ? "true" : undefined });
  return (
    <CatalogPage
      title="Annotation queues"
      kind={QUEUES}
      things={useQueueList(projectId, name, order.sort)}
      order={order}
      nameColumn={queueNameColumn(workspace, projectId)}
      columns={QUEUE_COLUMNS}
      rareColumns={RARE_QUEUE_COLUMNS}
      name={name}
      onName={(next) => onSearch({ ...search, name: next })}
      onClear={() => onSearch({ sort: search.sort })}
      acts={({ ids, clear }) => (
        <DeleteChosen
          kind={QUEUES}
          event="annotation_queue_deleted"
          ids={ids}
          mutation={DeleteAnnotationQueuesMutation}
          onDeleted={clear}
        >
          What was judged keeps its scores. They can be restored from the trash.
        </DeleteChosen>
      )}
      onCreate={() => onCreating(true)}
      empty="A queue gathers traces or threads that people are to judge, says what they are asked, and counts how far they are."
    >
      <QueueDialog
        projectId={projectId}
        queue={null}
        isOpen={search.create !== undefined}
        onClose={() => onCreating(false)}
        onSaved={onQueueOpen}
      />
    </CatalogPage>
  );
}
