import { useState } from "react";
import { useMutation } from "urql";
import { Button } from "@/components/Button";
import { Form, FormActions, Problem, TextField } from "@/components/Form";
import { ModalDialog } from "@/components/ModalDialog";
import type { Prompt } from "@/features/prompts/usePrompt";
import { graphql } from "@/gql";
import { failureOf } from "@/lib/failure";
import { namesOf } from "@/lib/names";

const UpdatePromptMutation = graphql(`
  mutation UpdatePrompt($input: UpdatePromptInput!) {
    updatePrompt(input: $input) {
      id
      name
      description
      tags
    }
  }
`);

type EditPromptDialogProps = { prompt: Prompt; isOpen: boolean; onOpenChange: (isOpen: boolean) => void };

export function EditPromptDialog({ prompt, isOpen, onOpenChange }: EditPromptDialogProps) {
  return (
    <ModalDialog title="Edit prompt" isOpen={isOpen} onOpenChange={onOpenChange}>
      <EditPromptForm prompt={prompt} onDone={() => onOpenChange(false)} />
    </ModalDialog>
  );
}

function EditPromptForm({ prompt, onDone }: { prompt: Prompt; onDone: () => void }) {
  const [{ fetching }, update] = useMutation(UpdatePromptMutation);
  const [problem, setProblem] = useState<string | null>(null);
  const [name, setName] = useState(prompt.name);
  const [description, setDescription] = useState(prompt.description ?? "");
  const [tags, setTags] = useState(prompt.tags.join(", "));
  const submit = async () => {
    const input = { id: prompt.id, name: name.trim(), description: description.trim(), tags: namesOf(tags) };
    const { error } = await update({ input });
    if (error) setProblem(failureOf(error).message);
    else onDone();
  };
  return (
    <Form onSubmit={submit}>
      <TextField label="Name" autoFocus value={name} onChange={setName} />
      <TextField label="Description" value={description} onChange={setDescription} />
      <TextField label="Tags" hint="Several with commas between them" value={tags} onChange={setTags} />
      <Problem text={problem} />
      <FormActions>
        <Button kind="primary" type="submit" isDisabled={fetching || !name.trim()}>
          Save
        </Button>
      </FormActions>
    </Form>
  );
}
