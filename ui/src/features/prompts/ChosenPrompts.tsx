import { useMutation } from "urql";
import { DeleteChosen } from "@/entities/history/DeleteChosen";
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
  if (ids.length === 0) return null;
  return (
    <>
      <TagsDialog kind={PROMPTS} ids={ids} tag={tag} />
      <DeleteChosen
        kind={PROMPTS}
        event="prompt_deleted"
        ids={ids}
        mutation={DeletePromptsMutation}
        onDeleted={onDeleted}
      >
        Their versions go with them. They can be restored from the trash.
      </DeleteChosen>
    </>
  );
}
