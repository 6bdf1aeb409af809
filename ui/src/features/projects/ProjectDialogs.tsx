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

const UpdateProjectMutation = graphql(`
  mutation UpdateProject($input: UpdateProjectInput!) {
    updateProject(input: $input) {
      id
      name
      description
    }
  }
`);

type DialogProps = { isOpen: boolean; onOpenChange: (isOpen: boolean) => void };

export function CreateProjectDialog({
  onProjectCreated,
  ...dialog
}: DialogProps & { onProjectCreated: (id: string) => void }) {
  const [, create] = useMutation(CreateProjectMutation);
  const save = async ({ name, description }: Written) => {
    const { data, error } = await create({ input: { name, description: description || null } });
    if (!data) return error ? failureOf(error).message : "The server sent no answer.";
    onProjectCreated(data.createProject.id);
    return null;
  };
  return (
    <ModalDialog title="New project" {...dialog}>
      <ProjectForm act="Create project" onSave={save} />
    </ModalDialog>
  );
}

type EditProjectDialogProps = DialogProps & { project: { id: string; name: string; description?: string | null } };

export function EditProjectDialog({ project, ...dialog }: EditProjectDialogProps) {
  const [, update] = useMutation(UpdateProjectMutation);
  const save = async (written: Written) => {
    const { error } = await update({ input: { id: project.id, ...written } });
    if (error) return failureOf(error).message;
    dialog.onOpenChange(false);
    return null;
  };
  return (
    <ModalDialog title="Edit project" {...dialog}>
      <ProjectForm project={project} act="Save" onSave={save} />
    </ModalDialog>
  );
}

type Written = { name: string; description: string };

type ProjectFormProps = {
  project?: EditProjectDialogProps["project"];
  /** The name of the act, on its button. */
  act: string;
  /** Says what went wrong, if something did. */
  onSave: (written: Written) => Promise<string | null>;
};

function ProjectForm({ project, act, onSave }: ProjectFormProps) {
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [name, setName] = useState(project?.name ?? "");
  const [description, setDescription] = useState(project?.description ?? "");
  const submit = async () => {
    if (!name.trim()) return setProblem("A project needs a name.");
    setBusy(true);
    setProblem(await onSave({ name: name.trim(), description: description.trim() }));
    setBusy(false);
  };
  return (
    <Form onSubmit={submit}>
      <TextField label="Name" autoFocus required value={name} problem={problem} onChange={setName} />
      <TextArea label="Description (optional)" value={description} onChange={setDescription} />
      <FormActions>
        <Button kind="primary" type="submit" isDisabled={isBusy}>
          {act}
        </Button>
      </FormActions>
    </Form>
  );
}
