import { useMutation } from "urql";
import { useDeletionToast } from "@/entities/history/useDeletionToast";
import { DeleteMany } from "@/entities/logs/DeleteMany";
import { TagsDialog } from "@/entities/logs/TagsDialog";
import { DeletePromptsMutation } from "@/features/prompts/deletePrompts";
import { graphql } from "@/gql";

const TagPromptsMutation = graphql(`
  mutation TagPrompts($ids: [ID!]!, $add: [String!]!, $remove: [String!]!) {
    tagPrompts(ids: $ids, addTags: $add, removeTags: $remove)
  }
`);

const PROMPTS = { one: "prompt", many: "prompts" };

/** What can be done with the prompts that are chosen. */
export function ChosenPrompts({ ids, onDeleted }: { ids: readonly string[]; onDeleted: () => void }) {
  const [, tag] = useMutation(TagPromptsMutation);
  const [, remove] = useMutation(DeletePromptsMutation);
  const showDeleted = useDeletionToast();
  const [id] = ids;
  if (id === undefined) return null;
  return (
    <>
      <TagsDialog kind={PROMPTS} ids={ids} tag={tag} />
      <DeleteMany
        kind={PROMPTS}
        ids={ids}
        remove={remove}
        onDeleted={onDeleted}
        tell={(text) => showDeleted({ text, id, kind: "prompt_deleted" })}
      >
        Their versions go with them. They can be restored from the trash.
      </DeleteMany>
    </>
  );
}
