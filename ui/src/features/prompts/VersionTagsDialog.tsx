import { useState } from "react";
import { useMutation } from "urql";
import { Button } from "@/components/Button";
import { Form, FormActions, Problem, TextField } from "@/components/Form";
import { ModalDialog } from "@/components/ModalDialog";
import type { Version } from "@/features/prompts/usePrompt";
import { graphql } from "@/gql";
import { failureOf } from "@/lib/failure";
import { namesOf } from "@/lib/names";

const TagPromptVersionsMutation = graphql(`
  mutation TagPromptVersions($ids: [ID!]!, $tags: [String!]!) {
    tagPromptVersions(ids: $ids, tags: $tags) {
      id
      tags
    }
  }
`);

type VersionTagsDialogProps = { version: Version; isOpen: boolean; onClose: () => void };

export function VersionTagsDialog({ version, isOpen, onClose }: VersionTagsDialogProps) {
  return (
    <ModalDialog title={`Tags of v${version.number}`} isOpen={isOpen} onOpenChange={onClose}>
      <VersionTagsForm version={version} onDone={onClose} />
    </ModalDialog>
  );
}

function VersionTagsForm({ version, onDone }: { version: Version; onDone: () => void }) {
  const [{ fetching }, tag] = useMutation(TagPromptVersionsMutation);
  const [problem, setProblem] = useState<string | null>(null);
  const [tags, setTags] = useState(version.tags.join(", "));
  const submit = async () => {
    const { error } = await tag({ ids: [version.id], tags: namesOf(tags) });
    if (error) setProblem(failureOf(error).message);
    else onDone();
  };
  return (
    <Form onSubmit={submit}>
      <TextField label="Tags" hint="Several with commas between them" autoFocus value={tags} onChange={setTags} />
      <Problem text={problem} />
      <FormActions>
        <Button kind="primary" type="submit" isDisabled={fetching}>
          Save tags
        </Button>
      </FormActions>
    </Form>
  );
}
