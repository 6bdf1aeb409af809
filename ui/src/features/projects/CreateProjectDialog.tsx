import { type SubmitEvent, useId, useState } from "react";
import { useMutation } from "urql";
import { Button } from "@/components/Button";
import { ModalDialog } from "@/components/ModalDialog";
import { graphql } from "@/gql";
import { failureOf } from "@/lib/failure";
import styles from "./Projects.module.css";

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
  const id = useId();
  const onSubmit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (!name.trim()) return setProblem("A project needs a name.");
    const { data, error } = await create({ input: { name: name.trim(), description: description.trim() || null } });
    if (data) onProjectCreated(data.createProject.id);
    else setProblem(error ? failureOf(error).message : "The server sent no answer.");
  };
  return (
    <form className={styles.form} onSubmit={onSubmit} noValidate>
      <div className={styles.field}>
        <label htmlFor={`${id}-name`}>Name</label>
        <input
          id={`${id}-name`}
          // biome-ignore lint/a11y/noAutofocus: a dialog must take the focus, and this is what it was opened for
          autoFocus
          autoComplete="off"
          required
          value={name}
          aria-invalid={problem !== null}
          aria-describedby={problem ? `${id}-problem` : undefined}
          onChange={(event) => setName(event.target.value)}
        />
        {problem && (
          <span id={`${id}-problem`} role="alert" className={styles.problem}>
            {problem}
          </span>
        )}
      </div>
      <div className={styles.field}>
        <label htmlFor={`${id}-description`}>Description (optional)</label>
        <textarea
          id={`${id}-description`}
          value={description}
          onChange={(event) => setDescription(event.target.value)}
        />
      </div>
      <div className={styles.actions}>
        <Button onPress={onCancel}>Cancel</Button>
        <Button kind="primary" type="submit" isDisabled={fetching}>
          Create project
        </Button>
      </div>
    </form>
  );
}
