import { GitCompareArrows, Route } from "lucide-react";
import { useMutation } from "urql";
import { Button } from "@/components/Button";
import { useDeletionToast } from "@/entities/history/useDeletionToast";
import { DeleteMany } from "@/entities/logs/DeleteMany";
import { TagsDialog } from "@/entities/logs/TagsDialog";
import type { ExperimentItem } from "@/features/experiments/useExperimentList";
import { graphql } from "@/gql";
import { formatCount } from "@/lib/format";

const DeleteExperimentsMutation = graphql(`
  mutation DeleteExperiments($ids: [ID!]!) {
    deleteExperiments(ids: $ids)
  }
`);

const TagExperimentsMutation = graphql(`
  mutation TagExperiments($ids: [ID!]!, $add: [String!]!, $remove: [String!]!) {
    updateExperiments(ids: $ids, input: { addTags: $add, removeTags: $remove }) {
      id
      tags
    }
  }
`);

const EXPERIMENTS = { one: "experiment", many: "experiments" };

type ChosenActionsProps = {
  items: readonly ExperimentItem[];
  onCompare: (datasetId: string, ids: readonly string[]) => void;
  onTraces: (ids: readonly string[]) => void;
  /** Their tags are others now. */
  onChanged: () => void;
  onDeleted: () => void;
};

/** What can be done with the experiments that are chosen. */
export function ChosenActions({ items, onCompare, onTraces, onChanged, onDeleted }: ChosenActionsProps) {
  const [, tagExperiments] = useMutation(TagExperimentsMutation);
  const [, deleteExperiments] = useMutation(DeleteExperimentsMutation);
  const showDeleted = useDeletionToast();
  const datasets = new Set(items.map(({ datasetId }) => datasetId));
  const [datasetId] = datasets;
  // The oldest is the measure of what came after it.
  const ids = items.toSorted((one, other) => (one.createdAt < other.createdAt ? -1 : 1)).map(({ id }) => id);
  const tag = async (change: { ids: string[]; add: string[]; remove: string[] }) => {
    const answer = await tagExperiments(change);
    onChanged();
    return answer;
  };
  return (
    <>
      <Button
        kind="primary"
        isDisabled={items.length < 2 || datasets.size !== 1}
        onPress={() => datasetId && onCompare(datasetId, ids)}
      >
        <GitCompareArrows aria-hidden /> Compare {formatCount(items.length)}
      </Button>
      {datasets.size > 1 && <span role="status">Only experiments over one dataset can be compared.</span>}
      <Button onPress={() => onTraces(ids)}>
        <Route aria-hidden /> View traces
      </Button>
      <TagsDialog kind={EXPERIMENTS} ids={ids} tag={tag} />
      <DeleteMany
        kind={EXPERIMENTS}
        ids={ids}
        remove={deleteExperiments}
        onDeleted={onDeleted}
        tell={(text) => ids[0] && showDeleted({ text, id: ids[0], kind: "experiment_deleted" })}
      >
        Their traces stay. They can be restored from the trash.
      </DeleteMany>
    </>
  );
}
