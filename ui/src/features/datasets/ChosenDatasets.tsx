import { useMutation } from "urql";
import { DeleteChosen } from "@/entities/history/DeleteChosen";
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
  if (ids.length === 0) return null;
  return (
    <>
      <TagsDialog kind={DATASETS} ids={ids} tag={tag} />
      <DeleteChosen
        kind={DATASETS}
        event="dataset_deleted"
        ids={ids}
        mutation={DeleteDatasetsMutation}
        onDeleted={onDeleted}
      >
        Their items and versions go with them; experiments over them stay. They can be restored from the trash.
      </DeleteChosen>
    </>
  );
}
