import { useState } from "react";
import { useMutation, useQuery } from "urql";
import { Button } from "@/components/Button";
import { CheckField, Form, FormActions, FormRow, Problem, SelectField, TextArea, TextField } from "@/components/Form";
import { ModalDialog } from "@/components/ModalDialog";
import { graphql } from "@/gql";
import type { AnnotationScope } from "@/gql/graphql";
import { failureOf } from "@/lib/failure";

const DefinitionNamesQuery = graphql(`
  query DefinitionNames {
    feedbackDefinitions {
      id
      name
    }
  }
`);

const CreateAnnotationQueueMutation = graphql(`
  mutation CreateAnnotationQueue($projectId: ID!, $scope: AnnotationScope!, $input: AnnotationQueueInput!) {
    createAnnotationQueue(projectId: $projectId, scope: $scope, input: $input) {
      id
    }
  }
`);

const UpdateAnnotationQueueMutation = graphql(`
  mutation UpdateAnnotationQueue($id: ID!, $input: AnnotationQueueInput!) {
    updateAnnotationQueue(id: $id, input: $input) {
      id
    }
  }
`);

export type EditedQueue = {
  id: string;
  name: string;
  description?: string | null;
  instructions?: string | null;
  scope: AnnotationScope;
  feedbackDefinitionNames: readonly string[];
  annotatorsPerItem: number;
  lockTimeoutSeconds: number;
  commentsEnabled: boolean;
};

type QueueDialogProps = {
  projectId: string;
  /** Null: a new one. */
  queue: EditedQueue | null;
  isOpen: boolean;
  onClose: () => void;
  onSaved: (id: string) => void;
};

export function QueueDialog({ isOpen, onClose, ...props }: QueueDialogProps) {
  const title = props.queue ? `Edit ${props.queue.name}` : "New annotation queue";
  return (
    <ModalDialog title={title} isOpen={isOpen} onOpenChange={onClose}>
      <QueueForm {...props} />
    </ModalDialog>
  );
}

const SECONDS = 60;
/** As the server sets it. */
const LOCK_SECONDS_USUAL = 300;

const SCOPES: readonly { id: AnnotationScope; label: string }[] = [
  { id: "TRACE", label: "Traces" },
  { id: "THREAD", label: "Threads" },
];

function QueueForm({ projectId, queue, onSaved }: Pick<QueueDialogProps, "projectId" | "queue" | "onSaved">) {
  const [{ data }] = useQuery({ query: DefinitionNamesQuery, requestPolicy: "cache-and-network" });
  const [, create] = useMutation(CreateAnnotationQueueMutation);
  const [, update] = useMutation(UpdateAnnotationQueueMutation);
  const [name, setName] = useState(queue?.name ?? "");
  const [instructions, setInstructions] = useState(queue?.instructions ?? "");
  const [scope, setScope] = useState<AnnotationScope>(queue?.scope ?? "TRACE");
  const [chosen, setChosen] = useState<readonly string[]>(queue?.feedbackDefinitionNames ?? []);
  const [people, setPeople] = useState(String(queue?.annotatorsPerItem ?? 1));
  const [minutes, setMinutes] = useState(String((queue?.lockTimeoutSeconds ?? LOCK_SECONDS_USUAL) / SECONDS));
  const [description, setDescription] = useState(queue?.description ?? "");
  const [hasComments, setComments] = useState(queue?.commentsEnabled ?? true);
  const [problem, setProblem] = useState<string | null>(null);
  const submit = async () => {
    if (!name.trim()) return setProblem("A queue needs a name.");
    if (!/^[1-9]\d{0,2}$/.test(people.trim())) return setProblem("The people for each item are a number from 1.");
    const seconds = Math.round(Number(minutes) * SECONDS);
    if (!(seconds > 0)) return setProblem("An item is kept for a number of minutes.");
    const input = {
      name: name.trim(),
      description: description.trim(),
      lockTimeoutSeconds: seconds,
      instructions: instructions.trim(),
      feedbackDefinitionNames: [...chosen],
      annotatorsPerItem: Number(people),
      commentsEnabled: hasComments,
    };
    const answer = queue ? await update({ id: queue.id, input }) : await create({ projectId, scope, input });
    if (answer.error) return setProblem(failureOf(answer.error).message);
    const made =
      answer.data && "createAnnotationQueue" in answer.data ? answer.data.createAnnotationQueue.id : queue?.id;
    if (made) onSaved(made);
  };
  return (
    <Form onSubmit={submit}>
      <TextField label="Name" autoFocus value={name} onChange={setName} />
      <TextField label="Description (optional)" value={description} onChange={setDescription} />
      <TextArea
        label="Instructions"
        hint="What reviewers are asked to look at; Markdown"
        value={instructions}
        onChange={setInstructions}
      />
      <FormRow>
        <SelectField label="Of" value={scope} options={SCOPES} isDisabled={queue !== null} onChange={setScope} />
        <TextField label="People for each item" inputMode="numeric" value={people} onChange={setPeople} />
        <TextField label="Kept for a reviewer (minutes)" inputMode="decimal" value={minutes} onChange={setMinutes} />
      </FormRow>
      <fieldset>
        <legend>Scores that are wanted (none: any)</legend>
        {data?.feedbackDefinitions.map((definition) => (
          <CheckField
            key={definition.id}
            label={definition.name}
            value={chosen.includes(definition.name)}
            onChange={(isIn) =>
              setChosen(isIn ? [...chosen, definition.name] : chosen.filter((other) => other !== definition.name))
            }
          />
        ))}
      </fieldset>
      <CheckField label="Reviewers may comment" value={hasComments} onChange={setComments} />
      <Problem text={problem} />
      <FormActions>
        <Button kind="primary" type="submit">
          Save queue
        </Button>
      </FormActions>
    </Form>
  );
}
