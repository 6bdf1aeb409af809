import { useMutation } from "urql";
import { useDeletionToast } from "@/entities/history/useDeletionToast";
import { DeleteMany } from "@/entities/logs/DeleteMany";
import { TagsDialog } from "@/entities/logs/TagsDialog";
import { DeleteDatasetsMutation } from "@/features/datasets/deleteDatasets";
import { graphql } from "@/gql";

const TagDatasetsMutation = graphql(`
  mutation TagDatasets($ids: [ID!]!, $add: [String!]!, $remove: [String!]!) {
    tagDatasets(ids: $ids, addTags: $add, removeTags: $remove)
  }
`);

const DATASETS = { one: "dataset", many: "datasets" };

/** What can be done with the datasets that are chosen. */
export function ChosenDatasets({ ids, onDeleted }: { ids: readonly string[]; onDeleted: () => void }) {
  const [, tag] = useMutation(TagDatasetsMutation);
  const [, remove] = useMutation(DeleteDatasetsMutation);
  const showDeleted = useDeletionToast();
  const [id] = ids;
  if (id === undefined) return null;
  return (
    <>
      <TagsDialog kind={DATASETS} ids={ids} tag={tag} />
      <DeleteMany
        kind={DATASETS}
        ids={ids}
        remove={remove}
        onDeleted={onDeleted}
        tell={(text) => showDeleted({ text, id, kind: "dataset_deleted" })}
      >
        Their items and versions go with them; experiments over them stay. They can be restored from the trash.
      </DeleteMany>
    </>
  );
}
