import { useState } from "react";
import { useMutation } from "urql";
import { Button } from "@/components/Button";
import { Form, FormActions, Problem, TextField } from "@/components/Form";
import { ModalDialog } from "@/components/ModalDialog";
import { graphql } from "@/gql";
import { failureOf } from "@/lib/failure";
import { namesOf } from "@/lib/names";

const UpdateExperimentMutation = graphql(`
  mutation UpdateExperiment($input: UpdateExperimentInput!) {
    updateExperiment(input: $input) {
      id
      name
      tags
    }
  }
`);

type Edited = { id: string; name: string; tags: readonly string[] };
type EditExperimentDialogProps = { experiment: Edited; isOpen: boolean; onOpenChange: (isOpen: boolean) => void };

export function EditExperimentDialog({ experiment, isOpen, onOpenChange }: EditExperimentDialogProps) {
  return (
    <ModalDialog title="Edit experiment" isOpen={isOpen} onOpenChange={onOpenChange}>
      <EditExperimentForm experiment={experiment} onDone={() => onOpenChange(false)} />
    </ModalDialog>
  );
}

function EditExperimentForm({ experiment, onDone }: { experiment: Edited; onDone: () => void }) {
  const [{ fetching }, update] = useMutation(UpdateExperimentMutation);
  const [problem, setProblem] = useState<string | null>(null);
  const [name, setName] = useState(experiment.name);
  const [tags, setTags] = useState(experiment.tags.join(", "));
  const submit = async () => {
    const { error } = await update({ input: { id: experiment.id, name: name.trim(), tags: namesOf(tags) } });
    if (error) setProblem(failureOf(error).message);
    else onDone();
  };
  return (
    <Form onSubmit={submit}>
      <TextField label="Name" autoFocus value={name} onChange={setName} />
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
