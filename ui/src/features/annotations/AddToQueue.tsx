import { ListChecks } from "lucide-react";
import { useState } from "react";
import { useMutation, useQuery } from "urql";
import { Button } from "@/components/Button";
import { Form, FormActions, Problem, SelectField } from "@/components/Form";
import { ModalDialog } from "@/components/ModalDialog";
import { graphql } from "@/gql";
import { failureOf } from "@/lib/failure";
import { formatCount } from "@/lib/format";
import { showToast } from "@/lib/toasts";

const QueueNamesQuery = graphql(`
  query QueueNames($projectId: ID!) {
    annotationQueues(projectId: $projectId, first: 100) {
      nodes {
        id
        name
        scope
      }
    }
  }
`);

const AddAnnotationItemsMutation = graphql(`
  mutation AddAnnotationItems($id: ID!, $items: [ID!]!) {
    addAnnotationItems(id: $id, items: $items) {
      id
      itemCount
      completedCount
    }
  }
`);

type AddToQueueProps = { projectId: string; scope: "TRACE" | "THREAD"; ids: readonly string[] };

/** Lets people judge what was chosen. */
export function AddToQueue(props: AddToQueueProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button onPress={() => setOpen(true)}>
        <ListChecks aria-hidden /> Add to queue
      </Button>
      <AddToQueueDialog {...props} isOpen={isOpen} onOpenChange={setOpen} />
    </>
  );
}

type AddToQueueDialogProps = AddToQueueProps & { isOpen: boolean; onOpenChange: (isOpen: boolean) => void };

export function AddToQueueDialog({ isOpen, onOpenChange, ...props }: AddToQueueDialogProps) {
  return (
    <ModalDialog title="Add to an annotation queue" isOpen={isOpen} onOpenChange={onOpenChange}>
      <AddForm {...props} onDone={() => onOpenChange(false)} />
    </ModalDialog>
  );
}

function AddForm({ projectId, scope, ids, onDone }: AddToQueueProps & { onDone: () => void }) {
  const [{ data }] = useQuery({ query: QueueNamesQuery, variables: { projectId }, requestPolicy: "cache-and-network" });
  const [{ fetching }, add] = useMutation(AddAnnotationItemsMutation);
  const [chosen, setChosen] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const queues = data?.annotationQueues.nodes.filter((queue) => queue.scope === scope) ?? [];
  const queueId = chosen ?? queues[0]?.id;
  const submit = async () => {
    if (!queueId) return setProblem("Make a queue first.");
    const { error } = await add({ id: queueId, items: [...ids] });
    if (error) return setProblem(failureOf(error).message);
    showToast(`Added ${formatCount(ids.length)} to ${queues.find(({ id }) => id === queueId)?.name}.`);
    onDone();
  };
  return (
    <Form onSubmit={submit}>
      {data && queues.length === 0 ? (
        <p>There is no queue of such things in this project yet.</p>
      ) : (
        <SelectField
          label="Queue"
          value={queueId ?? ""}
          options={queues.map(({ id, name }) => ({ id, label: name }))}
          onChange={setChosen}
        />
      )}
      <Problem text={problem} />
      <FormActions>
        <Button kind="primary" type="submit" isDisabled={fetching || !queueId}>
          Add
        </Button>
      </FormActions>
    </Form>
  );
}
