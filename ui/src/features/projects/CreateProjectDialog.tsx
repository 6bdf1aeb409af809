import { useState } from "react";
import { useMutation } from "urql";
import { Button } from "@/components/Button";
import { Form, FormActions, TextArea, TextField } from "@/components/Form";
import { ModalDialog } from "@/components/ModalDialog";
import { graphql } from "@/gql";
import { failureOf } from "@/lib/failure";

const CreateProjectMutation = graphql(`
  mutation CreateProject($input: CreateProjectInput!) {
    createProject(input: $input) {
      id
    }
  }
`);

type CreateProjectDialogProps = {
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  onProjectCreated: (id: string) => void;
};

export function CreateProjectDialog({ isOpen, onOpenChange, onProjectCreated }: CreateProjectDialogProps) {
  return (
    <ModalDialog title="New project" isOpen={isOpen} onOpenChange={onOpenChange}>
      <CreateProjectForm onCancel={() => onOpenChange(false)} onProjectCreated={onProjectCreated} />
    </ModalDialog>
  );
}

function CreateProjectForm({
  onCancel,
  onProjectCreated,
}: {
  onCancel: () => void;
  onProjectCreated: (id: string) => void;
}) {
  const [{ fetching }, create] = useMutation(CreateProjectMutation);
  const [problem, setProblem] = useState<string | null>(null);
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const submit = async () => {
    if (!name.trim()) return setProblem("A project needs a name.");
    const { data, error } = await create({ input: { name: name.trim(), description: description.trim() || null } });
    if (data) onProjectCreated(data.createProject.id);
    else setProblem(error ? failureOf(error).message : "The server sent no answer.");
  };
  return (
    <Form onSubmit={submit}>
      <TextField label="Name" autoFocus required value={name} problem={problem} onChange={setName} />
      <TextArea label="Description (optional)" value={description} onChange={setDescription} />
      <FormActions>
        <Button onPress={onCancel}>Cancel</Button>
        <Button kind="primary" type="submit" isDisabled={fetching}>
          Create project
        </Button>
      </FormActions>
    </Form>
  );
}
